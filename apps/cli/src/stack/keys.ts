import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const SECRET_BYTES = 32;
/** Each rail has keys of its own, in a folder of its name. */
const RAILS = ['bank-alpha', 'bank-beta', 'central-bank', 'netsunion', 'unionpay'];
const PRIVATE = { type: 'pkcs8', format: 'pem' } as const;
const PUBLIC = { type: 'spki', format: 'pem' } as const;

interface PemPair {
  readonly privateKey: string;
  readonly publicKey: string;
}

/** How an installation signs to the rails, by the name it has in JINKU_SIGNER. */
export const SIGNERS = ['hmac-sm3', 'rsa', 'sm2'] as const;

/**
 * Makes every key file that is missing and that one of these signers asks for; those that are there stay, because what was signed and encrypted with
 * them must stay readable. RSA pairs for five rails take a second and more, so whoever signs otherwise does not wait for them.
 */
export function makeKeys(folder: string, signers: readonly string[]): void {
  makePair(join(folder, 'gateway-token'), ed25519Pair);
  for (const rail of RAILS) makeRailKeys(join(folder, rail), signers);
  makePair(join(folder, 'services', 'audit'), ed25519Pair);
  makePair(join(folder, 'clients', 'settlement'), ed25519Pair);
  makeFile(join(folder, 'payee-encryption.json'), () => {
    const keys = { current: 'k1', keys: { k1: randomBytes(SECRET_BYTES).toString('base64') }, hashKey: randomBytes(SECRET_BYTES).toString('base64') };
    return `${JSON.stringify(keys)}\n`;
  });
}

function makeRailKeys(folder: string, signers: readonly string[]): void {
  for (const party of ['institution', 'house']) {
    if (signers.includes('rsa')) makePair(join(folder, `${party}.rsa`), rsaPair);
    if (signers.includes('sm2')) makePair(join(folder, `${party}.sm2`), sm2Pair);
  }
  makeFile(join(folder, 'hmac.key'), () => randomBytes(SECRET_BYTES).toString('hex'));
}

/** The secret that the passwords of all database roles follow from: made with the database, kept beside it. */
export function databaseSecret(file: string): string {
  makeFile(file, () => randomBytes(SECRET_BYTES).toString('hex'));
  return readFileSync(file, 'utf8').trim();
}

function makePair(path: string, make: () => PemPair): void {
  if (existsSync(`${path}.key`) && existsSync(`${path}.pub`)) return;
  const pair = make();
  // The private key last: a start that dies between the two makes both again.
  writeWhole(`${path}.pub`, pair.publicKey);
  writeWhole(`${path}.key`, pair.privateKey);
}

function makeFile(path: string, make: () => string): void {
  if (!existsSync(path)) writeWhole(path, make());
}

function writeWhole(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  writeFileSync(`${path}.new`, text, { mode: 0o600 });
  renameSync(`${path}.new`, path);
}

function ed25519Pair(): PemPair {
  return generateKeyPairSync('ed25519', { privateKeyEncoding: PRIVATE, publicKeyEncoding: PUBLIC });
}

function rsaPair(): PemPair {
  return generateKeyPairSync('rsa', { modulusLength: 2_048, privateKeyEncoding: PRIVATE, publicKeyEncoding: PUBLIC });
}

function sm2Pair(): PemPair {
  return generateKeyPairSync('ec', { namedCurve: 'SM2', privateKeyEncoding: PRIVATE, publicKeyEncoding: PUBLIC });
}
