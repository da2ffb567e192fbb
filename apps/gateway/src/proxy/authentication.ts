import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Clock } from '@jinku/calendar';
import { GENERAL_REFUSALS } from '@jinku/errors';
import { CLOCK, type Actor } from '@jinku/service';
import { SessionAndAccessTokenVerifier } from '../gateway-token-verifier.ts';

/** Who asks, for the routes that are not Nest's. */
@Injectable()
export class Authentication {
  constructor(
    private readonly verifier: SessionAndAccessTokenVerifier,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  actorOf(request: FastifyRequest): Promise<Actor> | Actor {
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    if (scheme !== 'Bearer' || token === undefined) throw GENERAL_REFUSALS.UNAUTHENTICATED({ detail: 'The header Authorization: Bearer <token> is missing.' });
    return this.verifier.verify(token, this.clock.wallNow());
  }
}
