import type { KeyObject } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePayeeKeys, PayeeCipher, readEd25519PublicKey } from '@jinku/security';

const PUBLIC_KEY = /^([A-Za-z0-9_-]{1,64})\.pub$/;

/** The keys by which payees are encrypted and found. */
export function payeeCipherOf(keysDir: string): PayeeCipher {
  return new PayeeCipher(parsePayeeKeys(readFileSync(join(keysDir, 'payee-encryption.json'), 'utf8')));
}

/** The registered clients: `clients/<client id>.pub`, an Ed25519 key each. */
export function clientKeysOf(keysDir: string): ReadonlyMap<string, KeyObject> {
  const folder = join(keysDir, 'clients');
  const clientIds = readdirSync(folder).flatMap((file) => PUBLIC_KEY.exec(file)?.[1] ?? []);
  return new Map(clientIds.map((clientId) => [clientId, readEd25519PublicKey(clientId, readFileSync(join(folder, `${clientId}.pub`), 'utf8'))]));
}
