import { createParamDecorator, SetMetadata, type CustomDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { invariant } from '@jinku/errors';
import { Role } from '@jinku/security';

export { Role };

/** Who asks: a person, or a client system. Makers and checkers are told apart by `personId`, never by role. */
export interface Actor {
  readonly kind: 'PERSON' | 'CLIENT';
  readonly id: string;
  readonly roles: readonly Role[];
}

export const ROLES_METADATA = 'jinku:roles';
export const PUBLIC_METADATA = 'jinku:public';

/** The roles of which a caller needs one. Every route says its roles or that it is public; a route that says neither is refused at boot. */
export const Roles = (...roles: readonly Role[]): CustomDecorator => SetMetadata(ROLES_METADATA, roles);

/** A route without authentication: health, metrics, the notices' door (which verifies signatures of its own). */
export const Public = (): CustomDecorator => SetMetadata(PUBLIC_METADATA, true);

export interface AuthenticatedRequest extends FastifyRequest {
  actor?: Actor;
}

export const CurrentActor = createParamDecorator((_: unknown, context: ExecutionContext): Actor => {
  const { actor } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  invariant(actor !== undefined, 'a route that asks for the actor is not public');
  return actor;
});

/** Everyone who works for the institution. */
export const ANY_PERSON: readonly Role[] = [Role.VIEWER, Role.OPERATOR, Role.APPROVER, Role.AUDITOR, Role.ADMIN];
