import type { KeyObject } from 'node:crypto';
import { issueServiceToken, SERVICE_TOKEN_LIFETIME_MS } from '@jinku/security';
import type { Actor } from '@jinku/service';

const REMEMBERED_MAX = 10_000;

/** The tokens by which the services behind know for whom the gateway asks; one serves an actor until it is half used. */
export class ServiceTokens {
  readonly #privateKey: KeyObject;
  readonly #remembered = new Map<string, { readonly token: string; readonly until: number }>();

  constructor(privateKey: KeyObject) {
    this.#privateKey = privateKey;
  }

  of(actor: Actor, wallNow: number): string {
    const key = `${actor.kind}:${actor.id}:${actor.roles.join(',')}`;
    const known = this.#remembered.get(key);
    if (known !== undefined && known.until > wallNow) return known.token;
    const token = issueServiceToken(this.#privateKey, { subject: actor.id, kind: actor.kind, roles: actor.roles }, wallNow);
    const oldest = this.#remembered.keys().next().value;
    if (this.#remembered.size >= REMEMBERED_MAX && oldest !== undefined) this.#remembered.delete(oldest);
    this.#remembered.delete(key);
    this.#remembered.set(key, { token, until: wallNow + SERVICE_TOKEN_LIFETIME_MS / 2 });
    return token;
  }
}
