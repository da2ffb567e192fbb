import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { issueServiceToken } from '@jinku/security';
import { gatewayTokenVerifier } from './gateway-token-verifier.ts';

const NOW = 1_795_250_400_000;
const gateway = generateKeyPairSync('ed25519');
const audit = generateKeyPairSync('ed25519');
const folder = mkdtempSync(join(tmpdir(), 'jinku-token-keys-'));

beforeAll(() => {
  const pem = { type: 'spki', format: 'pem' } as const;
  mkdirSync(join(folder, 'services'));
  writeFileSync(join(folder, 'gateway-token.pub'), gateway.publicKey.export(pem));
  writeFileSync(join(folder, 'services', 'audit.pub'), audit.publicKey.export(pem));
});
afterAll(() => rmSync(folder, { recursive: true }));

function token(key: KeyObject, subject: string, roles: readonly string[]): string {
  return issueServiceToken(key, { subject, kind: 'PERSON', roles }, NOW);
}

test('the gateway says who asks, and with which roles', () => {
  expect(gatewayTokenVerifier(folder).verify(token(gateway.privateKey, 'p1', ['operator', 'emperor']), NOW)).toEqual({ kind: 'PERSON', id: 'p1', roles: ['operator'] });
});

test('the audit\'s own token is worth an auditor\'s role, whatever it claims', () => {
  expect(gatewayTokenVerifier(folder).verify(token(audit.privateKey, 'audit', ['admin', 'approver']), NOW)).toEqual({ kind: 'CLIENT', id: 'audit', roles: ['auditor'] });
});

test('the audit cannot speak for anybody else, nor can any other key', () => {
  expect(() => gatewayTokenVerifier(folder).verify(token(audit.privateKey, 'p1', ['operator']), NOW)).toThrow('The token is not one of the gateway');
  expect(() => gatewayTokenVerifier(folder).verify(token(generateKeyPairSync('ed25519').privateKey, 'audit', ['auditor']), NOW)).toThrow();
});
