import { createPublicKey } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GENERAL_REFUSALS } from '@jinku/errors';
import { ServiceTokenVerifier } from '@jinku/security';
import { Role, type Actor } from './actor.ts';
import type { TokenVerifier } from './service-token.guard.ts';

const KNOWN_ROLES = new Set<string>(Object.values(Role));

/** The one service that asks others by itself, with a key of its own. */
const AUDIT = 'audit';

/**
 * Accepts the tokens of 60 seconds that the gateway signs for the caller it has authenticated, and those that the audit signs for itself: whatever they
 * say, they are worth the role of an auditor, who reads and decides nothing.
 */
export function gatewayTokenVerifier(keysDir: string): TokenVerifier {
  const gateway = verifierOf(join(keysDir, 'gateway-token.pub'));
  const auditKey = join(keysDir, 'services', `${AUDIT}.pub`);
  const audit = existsSync(auditKey) ? verifierOf(auditKey) : null;
  return {
    verify(token, wallNow): Actor {
      const claims = gateway.verify(token, wallNow);
      if (claims !== null) return { kind: claims.kind, id: claims.subject, roles: claims.roles.filter((role): role is Role => KNOWN_ROLES.has(role)) };
      const own = audit?.verify(token, wallNow) ?? null;
      if (own?.subject !== AUDIT) throw GENERAL_REFUSALS.UNAUTHENTICATED({ detail: 'The token is not one of the gateway\'s, or has expired.' });
      return { kind: 'CLIENT', id: AUDIT, roles: [Role.AUDITOR] };
    },
  };
}

function verifierOf(file: string): ServiceTokenVerifier {
  return new ServiceTokenVerifier(createPublicKey(readFileSync(file)));
}
