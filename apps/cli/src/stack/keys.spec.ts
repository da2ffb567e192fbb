import { createPrivateKey, createPublicKey } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { databaseSecret, makeKeys, SIGNERS } from './keys.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'jinku-keys-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const read = (...path: string[]): string => readFileSync(join(folder, ...path), 'utf8');

test('every key that some process reads is made, for nobody else to read', () => {
  makeKeys(folder, SIGNERS);

  expect(createPrivateKey(read('gateway-token.key')).asymmetricKeyType).toBe('ed25519');
  expect(createPublicKey(read('netsunion', 'house.rsa.pub')).asymmetricKeyType).toBe('rsa');
  expect(createPrivateKey(read('clients', 'settlement.key')).asymmetricKeyType).toBe('ed25519');
  expect(read('netsunion', 'institution.sm2.key')).toContain('BEGIN PRIVATE KEY');
  expect(read('netsunion', 'hmac.key')).toMatch(/^[0-9a-f]{64}$/);
  for (const rail of ['bank-alpha', 'bank-beta', 'central-bank']) expect(read(rail, 'hmac.key')).not.toBe(read('netsunion', 'hmac.key'));
  expect(createPublicKey(read('unionpay', 'house.rsa.pub')).asymmetricKeyType).toBe('rsa');
  expect(read('unionpay', 'institution.sm2.key')).toContain('BEGIN PRIVATE KEY');
  expect(read('unionpay', 'hmac.key')).not.toBe(read('netsunion', 'hmac.key'));
  expect(JSON.parse(read('payee-encryption.json'))).toMatchObject({ current: 'k1', keys: { k1: expect.any(String) }, hashKey: expect.any(String) });
  expect(statSync(join(folder, 'netsunion', 'hmac.key')).mode & 0o077).toBe(0);
});

test('only the keys of the chosen signer are made, and another choice later adds its own', () => {
  makeKeys(folder, ['hmac-sm3']);
  const hmac = read('netsunion', 'hmac.key');
  expect(['house.rsa.key', 'house.sm2.key'].map((file) => existsSync(join(folder, 'netsunion', file)))).toEqual([false, false]);

  makeKeys(folder, ['sm2']);

  expect(['house.rsa.key', 'house.sm2.key'].map((file) => existsSync(join(folder, 'netsunion', file)))).toEqual([false, true]);
  expect(read('netsunion', 'hmac.key')).toBe(hmac);
});

test('keys that are there stay as they are, and a missing one is added', () => {
  makeKeys(folder, SIGNERS);
  const before = read('payee-encryption.json');
  const token = read('gateway-token.key');
  rmSync(join(folder, 'gateway-token.pub'));

  makeKeys(folder, SIGNERS);

  expect(read('payee-encryption.json')).toBe(before);
  expect(read('gateway-token.key')).not.toBe(token);
});

test('the database secret is the same at every start', () => {
  const file = join(folder, 'postgres', 'secret');

  expect(databaseSecret(file)).toBe(databaseSecret(file));
});
