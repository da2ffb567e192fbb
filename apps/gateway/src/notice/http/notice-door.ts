import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { NETSUNION_NOTICE_PATH, NetsUnionNotices } from '@jinku/connectors';
import { NOTICE_REFUSALS } from '../domain/notice-refusals.ts';
import { QuarantineFault } from '../domain/quarantine-fault.ts';
import { QuarantineNotice } from '../use-cases/quarantine-notice.ts';
import { ReceiveNotices } from '../use-cases/receive-notices.ts';

const RECEIVED = JSON.stringify({ received: true });

/** Where clearing houses knock. `received` is said only when the notice and the message that tells of it are committed. */
@Injectable()
export class NoticeDoor {
  constructor(
    private readonly verifier: NetsUnionNotices,
    private readonly receiveNotices: ReceiveNotices,
    private readonly quarantineNotice: QuarantineNotice,
  ) {}

  /** `scope` reads bodies as they are: the signature is over the bytes that arrived. */
  register(scope: FastifyInstance): void {
    scope.post(NETSUNION_NOTICE_PATH, (request, reply) => this.#receive(request, reply));
  }

  async #receive(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const verified = await this.verifier.verify(request.headers, body);
    if (!verified.valid) {
      await this.quarantineNotice.execute({ fault: verified.fault, address: request.ip, body });
      throw verified.fault === 'BAD_SIGNATURE' ? NOTICE_REFUSALS.NOTICE_NOT_SIGNED() : NOTICE_REFUSALS.NOTICE_UNREADABLE();
    }
    const reception = await this.receiveNotices.execute({ notice: verified.notice, body: body.toString('utf8') });
    // Signed by the house, so sending it again would not help: people have to look at it.
    if (reception === 'OTHER_CONTENT') await this.quarantineNotice.execute({ fault: QuarantineFault.OTHER_CONTENT, address: request.ip, body });
    return reply.header('content-type', 'application/json').send(RECEIVED);
  }
}
