import { Inject, Injectable, type CanActivate, type ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import type { Clock } from '@jinku/calendar';
import { GENERAL_REFUSALS } from '@jinku/errors';
import { PUBLIC_METADATA, ROLES_METADATA, type Actor, type AuthenticatedRequest, type Role } from './actor.ts';
import { CLOCK, TOKEN_VERIFIER } from './tokens.ts';

/** Turns a bearer token into the actor, or throws UNAUTHENTICATED. The gateway checks sessions, every other service the gateway's own token. */
export interface TokenVerifier {
  verify(token: string, wallNow: number): Promise<Actor> | Actor;
}

@Injectable()
export class ServiceTokenGuard implements CanActivate {
  constructor(
    private readonly reflector: Reflector,
    @Inject(TOKEN_VERIFIER) private readonly verifier: TokenVerifier,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async canActivate(context: ExecutionContext): Promise<boolean> {
    if (context.getType() !== 'http') return true;
    const targets = [context.getHandler(), context.getClass()];
    if (this.reflector.getAllAndOverride<boolean | undefined>(PUBLIC_METADATA, targets) === true) return true;
    const request = context.switchToHttp().getRequest<AuthenticatedRequest>();
    const [scheme, token] = (request.headers.authorization ?? '').split(' ');
    if (scheme !== 'Bearer' || token === undefined) throw GENERAL_REFUSALS.UNAUTHENTICATED({ detail: 'The header Authorization: Bearer <token> is missing.' });
    const actor = await this.verifier.verify(token, this.clock.wallNow());
    const allowed = this.reflector.getAllAndOverride<readonly Role[] | undefined>(ROLES_METADATA, targets) ?? [];
    if (!actor.roles.some((role) => allowed.includes(role))) {
      throw GENERAL_REFUSALS.FORBIDDEN({ detail: `This needs one of the roles ${allowed.join(', ')}.` });
    }
    request.actor = actor;
    return true;
  }
}
