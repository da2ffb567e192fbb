import { Injectable } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { GENERAL_REFUSALS, invalidRequest, type Violation } from '@jinku/errors';
import { currentTrace, Role } from '@jinku/service';
import { Authentication } from '../../proxy/authentication.ts';
import { AppendClientMessage } from '../use-cases/append-client-message.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** The outside systems' way onto the bus when they do not speak Kafka: the body is the message, byte for byte. */
@Injectable()
export class MessageDoor {
  constructor(
    private readonly authentication: Authentication,
    private readonly appendClientMessage: AppendClientMessage,
  ) {}

  /** `scope` reads bodies as they are. */
  register(scope: FastifyInstance): void {
    scope.post('/v1/messages/:topic', (request, reply) => this.#append(request, reply));
  }

  async #append(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const actor = await this.authentication.actorOf(request);
    if (!actor.roles.includes(Role.CLIENT)) throw GENERAL_REFUSALS.FORBIDDEN({ detail: 'This needs the role client.' });
    const { topic } = request.params as { topic: string };
    const { type, messageId, jws } = messageHeaders(request);
    const body = Buffer.isBuffer(request.body) ? request.body.toString('utf8') : '';
    await this.appendClientMessage.execute({ clientId: actor.id, topic, type, messageId, jws, body, traceparent: currentTrace()?.traceparent });
    return reply.status(202).header('content-type', 'application/json').send(JSON.stringify({ messageId, topic, status: 'APPENDED' }));
  }
}

function messageHeaders(request: FastifyRequest): { type: string; messageId: string; jws: string } {
  const text = (name: string): string => {
    const value = request.headers[name];
    return typeof value === 'string' ? value : '';
  };
  const [type, messageId, jws] = [text('x-message-type'), text('x-message-id'), text('x-jws-signature')];
  const violations: Violation[] = [
    ...(type === '' ? [{ field: 'x-message-type', rule: 'is the name of a message, such as settlement.request-payouts.v1' }] : []),
    ...(UUID.test(messageId) ? [] : [{ field: 'x-message-id', rule: 'is a UUID' }]),
    ...(jws === '' ? [{ field: 'x-jws-signature', rule: 'is a detached JWS over the body' }] : []),
  ];
  if (violations.length > 0) throw invalidRequest(violations);
  return { type, messageId: messageId.toLowerCase(), jws };
}
