import type { KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEd25519PublicKey } from '@jinku/security';

const FILE = /^([a-z0-9][a-z0-9-]{0,31})\.pub$/;

/** The registered service clients: `clients/<client id>.pub`, one Ed25519 key each, read once at the start. */
export class ClientDirectory {
  readonly #keys: ReadonlyMap<string, KeyObject>;

  constructor(keys: ReadonlyMap<string, KeyObject>) {
    this.#keys = keys;
  }

  static read(keysDir: string): ClientDirectory {
    const folder = join(keysDir, 'clients');
    const ids = (existsSync(folder) ? readdirSync(folder) : []).flatMap((name) => FILE.exec(name)?.[1] ?? []);
    return new ClientDirectory(new Map(ids.map((id) => [id, readEd25519PublicKey(id, readFileSync(join(folder, `${id}.pub`), 'utf8'))])));
  }

  keyOf(clientId: string): KeyObject | undefined {
    return this.#keys.get(clientId);
  }

  /** As an assertion asks for them: the key's id is the client's, or absent. */
  keysOf(clientId: string): ReadonlyMap<string, KeyObject> | undefined {
    const key = this.#keys.get(clientId);
    return key === undefined ? undefined : new Map([[clientId, key]]);
  }
}
