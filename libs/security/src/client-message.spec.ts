import { describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { clientKeysOf } from './client-keys.ts';
import { readClientReport, verifyClientMessage } from './client-message.ts';
import { signDetached } from './detached-jws.ts';

const { privateKey, publicKey } = generateKeyPairSync('ed25519');
const KEYS = new Map([['settlement', publicKey]]);
const BODY = '{"amount":"1.00"}';
const jws = signDetached({ keyId: 'settlement', privateKey, payload: BODY });

test.each([
  ['of nobody', {}, 'NO_CLIENT'],
  ['of somebody unknown', { clientid: 'somebody', jws }, 'UNKNOWN_CLIENT'],
  ['that is not signed', { clientid: 'settlement' }, 'NOT_SIGNED'],
  ['whose signature is none', { clientid: 'settlement', jws: 'x..y' }, 'BAD_SIGNATURE'],
  ['signed over another body', { clientid: 'settlement', jws: signDetached({ keyId: 'settlement', privateKey, payload: `${BODY} ` }) }, 'BAD_SIGNATURE'],
  ['signed by another key', { clientid: 'settlement', jws: signDetached({ keyId: 'settlement', privateKey: generateKeyPairSync('ed25519').privateKey, payload: BODY }) }, 'BAD_SIGNATURE'],
] as const)('a message %s is not believed', (_, headers, fault) => {
  expect(verifyClientMessage({ headers, body: BODY }, KEYS)).toMatchObject({ fault, reason: expect.stringMatching(/^header (clientid|jws): /) });
});

test('a message that its client has signed is its client\'s', () => {
  expect(verifyClientMessage({ headers: { clientid: 'settlement', jws }, body: BODY }, KEYS)).toEqual({ clientId: 'settlement', fault: null });
});

describe('a report', () => {
  const schema = z.strictObject({ amount: z.string().regex(/^\d+\.\d{2}$/, 'is an amount') });
  const read = (body: string, given: { undecodable?: string; jws?: string } = {}): ReturnType<typeof readClientReport<{ amount: string }>> =>
    readClientReport({ body, headers: { clientid: 'settlement', jws: given.jws ?? signDetached({ keyId: 'settlement', privateKey, payload: body }) }, ...given }, { keys: KEYS, schema });

  test('is read as the contract says', () => {
    expect(read(BODY)).toEqual({ clientId: 'settlement', report: { amount: '1.00' } });
  });

  test('that breaks the contract is told by field and rule, and one that is not its client\'s is not even looked at', () => {
    expect(read('{"amount":1,"more":true}')).toEqual({ clientId: 'settlement', fault: 'INVALID', reason: expect.stringMatching(/amount: .*more: is not a known field/) });
    expect(read('{', { undecodable: 'is JSON' })).toEqual({ clientId: 'settlement', fault: 'UNDECODABLE', reason: 'is JSON' });
    expect(read('{', { jws })).toMatchObject({ fault: 'BAD_SIGNATURE' });
  });
});

test('clients are those with a public key in their folder; without the folder nobody is one', () => {
  const keysDir = mkdtempSync(join(tmpdir(), 'jinku-client-keys-'));
  expect(clientKeysOf(keysDir).size).toBe(0);
  mkdirSync(join(keysDir, 'clients'));
  writeFileSync(join(keysDir, 'clients', 'settlement.pub'), publicKey.export({ type: 'spki', format: 'pem' }));
  writeFileSync(join(keysDir, 'clients', 'settlement.key'), privateKey.export({ type: 'pkcs8', format: 'pem' }));

  expect([...clientKeysOf(keysDir).keys()]).toEqual(['settlement']);
  rmSync(keysDir, { recursive: true });
});
