import { sign, verify, type KeyObject } from 'node:crypto';

/** Who asks through the gateway: a person or a service client, with roles and data scope. `dataScope` limits what is absent to "all". */
export interface ServiceTokenClaims {
  readonly subject: string;
  readonly kind: 'PERSON' | 'CLIENT';
  readonly roles: readonly string[];
  readonly dataScope?: { readonly accounts?: readonly string[]; readonly businessLines?: readonly string[] };
}

export interface VerifiedServiceToken extends ServiceTokenClaims {
  /** Epoch milliseconds of the wall clock after which the token is worth nothing. */
  readonly expiresAt: number;
}

export const SERVICE_TOKEN_LIFETIME_MS = 60_000;

/** Clocks of two processes may differ by so much: a token may seem to come from that far ahead. */
const SKEW_MAX_MS = 5_000;
const TOKEN_LENGTH_MAX = 8_192;
const HEADER = Buffer.from('{"alg":"EdDSA","typ":"JWT"}').toString('base64url');

/** An EdDSA JWT of 60 seconds. The gateway may send one token for the same caller until it is half used. */
export function issueServiceToken(privateKey: KeyObject, claims: ServiceTokenClaims, wallNow: number): string {
  const body = {
    sub: claims.subject,
    kind: claims.kind,
    roles: claims.roles,
    ...(claims.dataScope === undefined ? {} : { scope: claims.dataScope }),
    iat: wallNow / 1_000,
    exp: (wallNow + SERVICE_TOKEN_LIFETIME_MS) / 1_000,
  };
  const signed = `${HEADER}.${Buffer.from(JSON.stringify(body)).toString('base64url')}`;
  return `${signed}.${sign(null, Buffer.from(signed), privateKey).toString('base64url')}`;
}

/** The claims, or null for a token that is malformed, forged, expired, or from too far ahead. */
export function verifyServiceToken(publicKey: KeyObject, token: string, wallNow: number): VerifiedServiceToken | null {
  if (token.length > TOKEN_LENGTH_MAX) return null;
  const end = token.lastIndexOf('.');
  const signed = token.slice(0, Math.max(end, 0));
  if (!signed.startsWith(`${HEADER}.`) || publicKey.asymmetricKeyType !== 'ed25519') return null;
  const signature = Buffer.from(token.slice(end + 1), 'base64url');
  if (signature.toString('base64url') !== token.slice(end + 1) || !verify(null, Buffer.from(signed), publicKey, signature)) return null;
  const claims = claimsOf(signed.slice(HEADER.length + 1));
  if (claims === null || claims.expiresAt <= wallNow || claims.expiresAt > wallNow + SERVICE_TOKEN_LIFETIME_MS + SKEW_MAX_MS) return null;
  return claims;
}

/** Remembers tokens it has verified: the same caller's next request costs a map look-up instead of 100 µs. */
export class ServiceTokenVerifier {
  readonly #publicKey: KeyObject;
  readonly #rememberedMax: number;
  readonly #verified = new Map<string, VerifiedServiceToken>();

  constructor(publicKey: KeyObject, { rememberedMax = 1_000 }: { readonly rememberedMax?: number } = {}) {
    this.#publicKey = publicKey;
    this.#rememberedMax = rememberedMax;
  }

  verify(token: string, wallNow: number): VerifiedServiceToken | null {
    const known = this.#verified.get(token);
    if (known !== undefined) {
      if (known.expiresAt > wallNow) return known;
      this.#verified.delete(token);
      return null;
    }
    const claims = verifyServiceToken(this.#publicKey, token, wallNow);
    if (claims === null) return null;
    // Tokens live for a minute, so the oldest entry is the one that is worth least.
    if (this.#verified.size >= this.#rememberedMax) this.#verified.delete(this.#verified.keys().next().value ?? '');
    this.#verified.set(token, claims);
    return claims;
  }
}

function claimsOf(payload: string): VerifiedServiceToken | null {
  // Signed by the gateway, so the shape is its own; only what decides is looked at again.
  const body = JSON.parse(Buffer.from(payload, 'base64url').toString('utf8')) as Record<string, unknown>;
  const { sub, kind, roles, scope, exp } = body;
  if (typeof sub !== 'string' || (kind !== 'PERSON' && kind !== 'CLIENT') || !Array.isArray(roles) || typeof exp !== 'number') return null;
  const claims: VerifiedServiceToken = { subject: sub, kind, roles: roles.map(String), expiresAt: Math.round(exp * 1_000) };
  return scope === undefined ? claims : { ...claims, dataScope: scope as NonNullable<ServiceTokenClaims['dataScope']> };
}
