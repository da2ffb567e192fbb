import type { Clock } from '@jinku/calendar';
import { GENERAL_REFUSALS, invariant } from '@jinku/errors';
import type { Database } from '@jinku/persistence';
import { Role, tooManyRequests, type Actor, type PlatformConfig, type TokenVerifier } from '@jinku/service';
import type { Rate } from './config.ts';
import { kindOfToken, tokenHash, TokenKind } from './opaque-token.ts';
import { TokenBuckets } from './rate-limit/token-bucket.ts';

/** A revoked token, a changed role and a disabled person are seen within two seconds: this, and the time of one query. */
const REMEMBERED_MS = 1_500;
const REMEMBERED_MAX = 10_000;

interface Bearer {
  readonly actor: Actor;
  readonly expiresAt: number;
}

interface Remembered {
  readonly bearer: Promise<Bearer | null>;
  readonly until: number;
}

/** Knows people by their sessions and clients by their access tokens, and lets none of them send more than the actor's rate. */
export class SessionAndAccessTokenVerifier implements TokenVerifier {
  #database: Database | null = null;
  readonly #clock: Clock;
  readonly #buckets: TokenBuckets;
  readonly #remembered = new Map<string, Remembered>();

  constructor({ clock, actorRate }: { clock: Clock; actorRate: Rate }) {
    this.#clock = clock;
    this.#buckets = new TokenBuckets(actorRate);
  }

  /** The verifier is made before the module that has the database; nobody is let in until it is given. */
  attach(database: Database): void {
    this.#database = database;
  }

  async verify(token: string, wallNow: number): Promise<Actor> {
    const kind = kindOfToken(token);
    const bearer = kind === null ? null : await this.#bearerOf(token, kind, wallNow);
    if (bearer === null || bearer.expiresAt <= wallNow) throw GENERAL_REFUSALS.UNAUTHENTICATED({ detail: 'The token is unknown, revoked or has expired.' });
    const retryAfterMs = this.#buckets.take(`${bearer.actor.kind}:${bearer.actor.id}`, wallNow);
    if (retryAfterMs > 0) throw tooManyRequests(retryAfterMs);
    return bearer.actor;
  }

  #bearerOf(token: string, kind: TokenKind, wallNow: number): Promise<Bearer | null> {
    const known = this.#remembered.get(token);
    if (known !== undefined && known.until > wallNow) return known.bearer;
    const bearer = this.#lookUp(token, kind);
    this.#remember(token, { bearer, until: this.#clock.wallNow() + REMEMBERED_MS });
    // A token that is nobody's, or a database that does not answer, is asked about again: only what was found is remembered.
    bearer.then(
      (found) => (found === null ? this.#forget(token, bearer) : undefined),
      () => this.#forget(token, bearer),
    );
    return bearer;
  }

  async #lookUp(token: string, kind: TokenKind): Promise<Bearer | null> {
    return kind === TokenKind.SESSION ? this.#personOf(token) : this.#clientOf(token);
  }

  async #personOf(token: string): Promise<Bearer | null> {
    const [row] = await this.#attached().query<{ person_id: string; roles: Role[]; expires_at: Date }>(
      `SELECT s.person_id, p.roles, s.expires_at FROM person_session s JOIN person p ON p.id = s.person_id
       WHERE s.token_hash = $1 AND s.revoked_at IS NULL AND NOT p.is_disabled`,
      [tokenHash(token)],
    );
    return row === undefined ? null : { actor: { kind: 'PERSON', id: row.person_id, roles: row.roles }, expiresAt: row.expires_at.getTime() };
  }

  async #clientOf(token: string): Promise<Bearer | null> {
    const [row] = await this.#attached().query<{ client_id: string; expires_at: Date }>(
      'SELECT client_id, expires_at FROM client_access_token WHERE token_hash = $1',
      [tokenHash(token)],
    );
    return row === undefined ? null : { actor: { kind: 'CLIENT', id: row.client_id, roles: [Role.CLIENT] }, expiresAt: row.expires_at.getTime() };
  }

  #attached(): Database {
    invariant(this.#database !== null, 'the verifier has its database before the gateway listens');
    return this.#database;
  }

  #remember(token: string, remembered: Remembered): void {
    const oldest = this.#remembered.keys().next().value;
    if (this.#remembered.size >= REMEMBERED_MAX && oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.delete(token);
    this.#remembered.set(token, remembered);
  }

  #forget(token: string, bearer: Promise<Bearer | null>): void {
    if (this.#remembered.get(token)?.bearer === bearer) this.#remembered.delete(token);
  }
}

const verifiers = new WeakMap<PlatformConfig, SessionAndAccessTokenVerifier>();

/** The one verifier of a running gateway: Nest's guard and the raw doors share what it remembers and counts. */
export function verifierOf(platform: PlatformConfig, actorRate: Rate): SessionAndAccessTokenVerifier {
  const known = verifiers.get(platform);
  if (known !== undefined) return known;
  const verifier = new SessionAndAccessTokenVerifier({ clock: platform.clock, actorRate });
  verifiers.set(platform, verifier);
  return verifier;
}
