import type { KeyObject } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readEd25519PublicKey } from './ed25519-key.ts';

const PUBLIC_KEY = /^([A-Za-z0-9_-]{1,64})\.pub$/;

/** The registered clients: `clients/<client id>.pub`, an Ed25519 key each. Without the folder nobody is registered, and nothing is believed. */
export function clientKeysOf(keysDir: string): ReadonlyMap<string, KeyObject> {
  const folder = join(keysDir, 'clients');
  const clientIds = existsSync(folder) ? readdirSync(folder).flatMap((file) => PUBLIC_KEY.exec(file)?.[1] ?? []) : [];
  return new Map(clientIds.map((clientId) => [clientId, readEd25519PublicKey(clientId, readFileSync(join(folder, `${clientId}.pub`), 'utf8'))]));
}
