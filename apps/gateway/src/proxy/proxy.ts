import { Inject, Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { Dispatcher } from 'undici';
import type { Clock } from '@jinku/calendar';
import { GENERAL_REFUSALS } from '@jinku/errors';
import { CLOCK, currentTrace } from '@jinku/service';
import { FILE_BYTES_MAX, type Upstream } from '../config.ts';
import { Authentication } from './authentication.ts';
import { ROUTING_TABLE } from './routing-table.ts';
import { ServiceTokens } from './service-tokens.ts';
import { Upstreams } from './upstreams.ts';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const IDEMPOTENCY_KEY = /^[\x21-\x7e]{8,128}$/;
const REQUEST_HEADERS = ['content-type', 'accept', 'accept-language', 'if-none-match', 'idempotency-key'] as const;
const ANSWER_HEADERS = ['content-type', 'content-length', 'content-disposition', 'etag', 'location', 'retry-after'] as const;

/** Hands authenticated requests to the service that owns them, with a token that says for whom, and hands the answer back. */
@Injectable()
export class Proxy implements OnApplicationShutdown {
  constructor(
    private readonly upstreams: Upstreams,
    private readonly tokens: ServiceTokens,
    private readonly authentication: Authentication,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** `scope` reads bodies as they are. */
  register(scope: FastifyInstance): void {
    scope.route({ method: 'POST', url: '/v1/payouts/files', bodyLimit: FILE_BYTES_MAX, handler: (request, reply) => this.#pass(ROUTING_TABLE.payouts, request, reply) });
    for (const [segment, upstream] of Object.entries(ROUTING_TABLE)) {
      for (const url of [`/v1/${segment}`, `/v1/${segment}/*`]) {
        scope.route({ method: [...METHODS], url, handler: (request, reply) => this.#pass(upstream, request, reply) });
      }
    }
  }

  async #pass(upstream: Upstream, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const actor = await this.authentication.actorOf(request);
    demandIdempotencyKey(request);
    const headers: Record<string, string> = {
      authorization: `Bearer ${this.tokens.of(actor, this.clock.wallNow())}`,
      ...chosen(request.headers, REQUEST_HEADERS),
      ...traceHeaders(request, reply),
    };
    const answer = await this.upstreams.request(upstream, {
      method: request.method as Dispatcher.HttpMethod,
      path: request.raw.url ?? request.url,
      headers,
      body: bodyOf(request),
    });
    void reply.status(answer.statusCode).headers(chosen(answer.headers, ANSWER_HEADERS));
    return reply.send(answer.body);
  }

  async onApplicationShutdown(): Promise<void> {
    await this.upstreams.close();
  }
}

export function demandIdempotencyKey(request: FastifyRequest): void {
  if (request.method === 'GET') return;
  const key = request.headers['idempotency-key'];
  if (typeof key !== 'string' || !IDEMPOTENCY_KEY.test(key)) throw GENERAL_REFUSALS.IDEMPOTENCY_KEY_REQUIRED();
}

function bodyOf(request: FastifyRequest): Buffer | null {
  return Buffer.isBuffer(request.body) && request.body.length > 0 ? request.body : null;
}

function traceHeaders(request: FastifyRequest, reply: FastifyReply): Record<string, string> {
  const correlationId = reply.getHeader('x-correlation-id');
  const traceparent = currentTrace()?.traceparent ?? request.headers['traceparent'];
  return {
    ...(typeof correlationId === 'string' ? { 'x-correlation-id': correlationId } : {}),
    ...(typeof traceparent === 'string' ? { traceparent } : {}),
  };
}

function chosen(headers: Readonly<Record<string, string | string[] | undefined>>, names: readonly string[]): Record<string, string> {
  const found: Record<string, string> = {};
  for (const name of names) {
    const value = headers[name];
    if (typeof value === 'string') found[name] = value;
  }
  return found;
}
