import { generateKeyPairSync, randomUUID } from 'node:crypto';

import { SignJWT } from 'jose';

import { verifyClientAssertion } from './client-assertion.ts';
import { ReplayWindow } from './replay-window.ts';
import { issueServiceToken, ServiceTokenVerifier, verifyServiceToken } from './service-token.ts';

const NOW = Date.UTC(2026, 10, 21, 4);
const gateway = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
const claims = { subject: 'person-7', kind: 'PERSON', roles: ['operator'], dataScope: { businessLines: ['WITHDRAWAL'] } } as const;

describe('service tokens', () => {
  const token = issueServiceToken(gateway.privateKey, claims, NOW);

  test('tell who asks, for sixty seconds and not one millisecond more', () => {
    expect(verifyServiceToken(gateway.publicKey, token, NOW)).toEqual({ ...claims, expiresAt: NOW + 60_000 });
    expect(verifyServiceToken(gateway.publicKey, token, NOW + 59_999)).not.toBeNull();
    expect(verifyServiceToken(gateway.publicKey, token, NOW + 60_000)).toBeNull();
    expect(verifyServiceToken(gateway.publicKey, token, NOW - 5_001)).toBeNull();
  });

  test('of another key, changed, cut or empty are worth nothing', () => {
    const [header = '', body = '', signature = ''] = token.split('.');
    const admin = Buffer.from(Buffer.from(body, 'base64url').toString().replace('operator', 'admin')).toString('base64url');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');

    expect(verifyServiceToken(stranger.publicKey, token, NOW)).toBeNull();
    for (const wrong of [
      `${header}.${admin}.${signature}`,
      `${none}.${body}.${signature}`,
      `${header}.${body}.`,
      `${header}.${body}`,
      '',
      '.',
      '..',
      `${token}=`,
    ]) {
      expect(verifyServiceToken(gateway.publicKey, wrong, NOW)).toBeNull();
    }
  });

  test('a remembered token still expires, and a full memory forgets the oldest', () => {
    const verifier = new ServiceTokenVerifier(gateway.publicKey, { rememberedMax: 1 });
    const other = issueServiceToken(gateway.privateKey, { ...claims, subject: 'person-8' }, NOW);

    expect(verifier.verify(token, NOW)).toBe(verifier.verify(token, NOW + 1_000));
    expect(verifier.verify(other, NOW)?.subject).toBe('person-8');
    expect(verifier.verify(token, NOW)?.subject).toBe('person-7');
    expect(verifier.verify(token, NOW + 60_000)).toBeNull();
    expect(verifier.verify(`${token}x`, NOW)).toBeNull();
  });
});

describe('client assertions', () => {
  const audience = 'http://127.0.0.1/oauth/token';
  const client = generateKeyPairSync('ed25519');
  const keys = new Map([['c1', client.publicKey]]);

  function assertion(
    changes: { iss?: string; sub?: string; aud?: string; exp?: number; jti?: string | null; kid?: string; key?: typeof client } = {},
  ): Promise<string> {
    const jwt = new SignJWT(changes.jti === null ? {} : { jti: changes.jti ?? randomUUID() })
      .setProtectedHeader({ alg: 'EdDSA', kid: changes.kid ?? 'c1' })
      .setIssuer(changes.iss ?? 'settlement')
      .setSubject(changes.sub ?? 'settlement')
      .setAudience(changes.aud ?? audience)
      .setExpirationTime(changes.exp ?? NOW / 1_000 + 60);
    return jwt.sign((changes.key ?? client).privateKey);
  }

  async function verify(text: string, replays = new ReplayWindow()) {
    const keysOf = (clientId: string) => (clientId === 'settlement' ? keys : undefined);
    const isReplay = ({ jti, expiresAt }: { jti: string; expiresAt: number }) => replays.isReplay({ use: jti, expiresAt, wallNow: NOW });
    return verifyClientAssertion({ assertion: text, audience, wallNow: NOW, keysOf, isReplay });
  }

  test('prove a client once', async () => {
    const replays = new ReplayWindow();
    const text = await assertion();

    expect(await verify(text, replays)).toEqual({ valid: true, clientId: 'settlement', keyId: 'c1' });
    expect(await verify(text, replays)).toEqual({ valid: false, fault: 'REPLAYED' });
  });

  test.each([
    ['of an unknown client', { iss: 'nobody', sub: 'nobody' }, 'UNKNOWN_CLIENT'],
    ['under an unknown key id', { kid: 'c9' }, 'UNKNOWN_KEY'],
    ['signed with another key', { key: stranger }, 'WRONG_SIGNATURE'],
    ['for another subject', { sub: 'other' }, 'WRONG_CLAIMS'],
    ['meant for somebody else', { aud: 'http://elsewhere' }, 'WRONG_CLAIMS'],
    ['that has expired', { exp: NOW / 1_000 - 60 }, 'WRONG_CLAIMS'],
    ['that lives for hours', { exp: NOW / 1_000 + 7_200 }, 'WRONG_CLAIMS'],
    ['without an id of its own', { jti: null }, 'WRONG_CLAIMS'],
  ] as const)('%s are refused', async (_, changes, fault) => {
    expect(await verify(await assertion(changes))).toEqual({ valid: false, fault });
  });

  test('that are no assertion at all are refused', async () => {
    for (const text of ['', 'a.b.c', '{}', 'x'.repeat(9_000)]) expect((await verify(text)).valid).toBe(false);
  });

  test('a forged assertion does not use up an id', async () => {
    const replays = new ReplayWindow();

    await verify(await assertion({ jti: 'j-1', key: stranger }), replays);

    expect((await verify(await assertion({ jti: 'j-1' }), replays)).valid).toBe(true);
  });
});

test('a full replay window refuses rather than forgets, and takes new uses when old ones have expired', () => {
  const replays = new ReplayWindow({ entriesMax: 1 });

  expect(replays.isReplay({ use: 'a', expiresAt: NOW + 10, wallNow: NOW })).toBe(false);
  expect(replays.isReplay({ use: 'b', expiresAt: NOW + 10, wallNow: NOW })).toBe(true);
  expect(replays.isReplay({ use: 'b', expiresAt: NOW + 20, wallNow: NOW + 10 })).toBe(false);
});
