import { Inject, Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { RailNotices } from '@jinku/connectors';
import { NOTICE_REFUSALS } from '../domain/notice-refusals.ts';
import { QuarantineFault } from '../domain/quarantine-fault.ts';
import { QuarantineNotice } from '../use-cases/quarantine-notice.ts';
import { ReceiveNotices } from '../use-cases/receive-notices.ts';

/** The clearing houses that may knock, with the path of each. */
export const RAIL_NOTICES = Symbol('RAIL_NOTICES');

const RECEIVED = JSON.stringify({ received: true });

/** Where clearing houses knock. `received` is said only when the notice and the message that tells of it are committed. */
@Injectable()
export class NoticeDoor {
  constructor(
    @Inject(RAIL_NOTICES) private readonly houses: readonly RailNotices[],
    private readonly receiveNotices: ReceiveNotices,
    private readonly quarantineNotice: QuarantineNotice,
  ) {}

  /** `scope` reads bodies as they are: the signature is over the bytes that arrived. */
  register(scope: FastifyInstance): void {
    for (const house of this.houses) scope.post(house.path, (request, reply) => this.#receive(house, request, reply));
  }

  async #receive(house: RailNotices, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    const verified = await house.verify(request.headers, body);
    const knock = { clearingHouse: house.clearingHouse, address: request.ip, body };
    if (!verified.valid) {
      await this.quarantineNotice.execute({ ...knock, fault: verified.fault });
      throw verified.fault === 'BAD_SIGNATURE' ? NOTICE_REFUSALS.NOTICE_NOT_SIGNED() : NOTICE_REFUSALS.NOTICE_UNREADABLE();
    }
    const reception = await this.receiveNotices.execute({ notice: verified.notice, body: body.toString('utf8') });
    // Signed by the house, so sending it again would not help: people have to look at it.
    if (reception === 'OTHER_CONTENT') await this.quarantineNotice.execute({ ...knock, fault: QuarantineFault.OTHER_CONTENT });
    return reply.header('content-type', 'application/json').send(RECEIVED);
  }
}
