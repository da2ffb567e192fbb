import { createPublicKey } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GENERAL_REFUSALS } from '@jinku/errors';
import { ServiceTokenVerifier } from '@jinku/security';
import { Role, type Actor } from './actor.ts';
import type { TokenVerifier } from './service-token.guard.ts';

const KNOWN_ROLES = new Set<string>(Object.values(Role));

/** Accepts the tokens of 60 seconds that the gateway signs for the caller it has authenticated. */
export function gatewayTokenVerifier(keysDir: string): TokenVerifier {
  const verifier = new ServiceTokenVerifier(createPublicKey(readFileSync(join(keysDir, 'gateway-token.pub'))));
  return {
    verify(token, wallNow): Actor {
      const claims = verifier.verify(token, wallNow);
      if (claims === null) throw GENERAL_REFUSALS.UNAUTHENTICATED({ detail: 'The token is not one of the gateway\'s, or has expired.' });
      return { kind: claims.kind, id: claims.subject, roles: claims.roles.filter((role): role is Role => KNOWN_ROLES.has(role)) };
    },
  };
}
