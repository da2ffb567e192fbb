import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { systemClock } from '@jinku/calendar';
import { createSigner, createVerifier, type Signer } from '@jinku/security';

import { centralBankRail } from '../central-bank/central-bank-rail.ts';
import { houseVerifier } from '../rail-keys.ts';
import { houseKeysOf, isSignedNotice } from '../rail-signature.ts';
import { ScriptedHouse } from '../scripted-house.builder.ts';
import { banksOf } from './banks-of.ts';

const FOLDERS = ['central-bank', 'bank-alpha', 'bank-beta'] as const;
type Folder = (typeof FOLDERS)[number];
const ACCOUNT = '6214830100000001';
const BALANCE = JSON.stringify({ accountNumber: ACCOUNT, balance: '1.00', currency: 'CNY', asOf: 1_795_250_400_000 });

const keysDir = mkdtempSync(join(tmpdir(), 'bank-keys-'));
const secrets = { 'central-bank': randomBytes(32), 'bank-alpha': randomBytes(32), 'bank-beta': randomBytes(32) };
const house = new ScriptedHouse(systemClock);
let environment: Record<string, string>;

beforeAll(async () => {
  for (const folder of FOLDERS) {
    mkdirSync(join(keysDir, folder));
    writeFileSync(join(keysDir, folder, 'hmac.key'), secrets[folder].toString('hex'));
  }
  const origin = await house.listen();
  environment = { JINKU_CENTRAL_BANK_URL: origin, JINKU_BANK_ALPHA_URL: origin, JINKU_BANK_BETA_URL: origin };
});

afterAll(async () => {
  await house.close();
  rmSync(keysDir, { recursive: true });
});

const signerOf = (folder: Folder): Signer => createSigner({ algorithm: 'HMAC-SM3', keyId: 'house.hmac', secret: secrets[folder] });

/** The house knows the institution by this folder's keys, and answers with the other's. */
function speaksFor(folder: Folder, signing: Folder = folder): void {
  house.verifier = createVerifier({ algorithm: 'HMAC-SM3', keyId: 'institution.hmac', secret: secrets[folder] });
  house.reply = (heard, response) => house.answer(response, { heard, body: BALANCE, signer: signerOf(signing) });
}

test('an installation has the banks, and the central bank, that it has an address for', () => {
  expect(banksOf({}, keysDir)).toEqual([]);
  expect(centralBankRail({}, keysDir)).toBeNull();
  expect(banksOf(environment, keysDir).map(({ connectorType }) => connectorType)).toEqual(['BANK_ALPHA', 'BANK_BETA']);
  const { JINKU_BANK_BETA_URL: origin = '' } = environment;
  expect(banksOf({ JINKU_BANK_BETA_URL: origin }, keysDir).map(({ connectorType }) => connectorType)).toEqual(['BANK_BETA']);
  expect(() => banksOf({ JINKU_BANK_BETA_URL: 'nowhere' }, keysDir)).toThrow('JINKU_BANK_BETA_URL');
  expect(() => centralBankRail({ JINKU_CENTRAL_BANK_URL: '' }, keysDir)).toThrow('JINKU_CENTRAL_BANK_URL');
});

test('each is asked at its own door, with its own keys', async () => {
  const rails = [centralBankRail(environment, keysDir), ...banksOf(environment, keysDir)];
  const paths = ['/central-bank/v1', '/banks/alpha/v1', '/banks/beta/v1'];
  for (const [at, folder] of FOLDERS.entries()) {
    speaksFor(folder);

    expect(await rails[at]?.readBalance(ACCOUNT)).toMatchObject({ outcome: 'SUCCEEDED', balanceMinor: 100n });
    expect(house.heard.at(-1)).toMatchObject({ isSigned: true, path: `${paths[at]}/accounts/${ACCOUNT}/balance` });
    await rails[at]?.close();
  }
});

test('what one bank signs is never taken for the word of another', async () => {
  const [alpha, beta] = banksOf(environment, keysDir);
  speaksFor('bank-alpha', 'bank-beta');
  expect(await alpha?.readBalance(ACCOUNT)).toMatchObject({ outcome: 'UNKNOWN', detail: 'BAD_SIGNATURE' });
  await Promise.all([alpha?.close(), beta?.close()]);

  const timestamp = String(systemClock.wallNow());
  const headers = {
    ...{ 'x-signature-algorithm': 'HMAC-SM3', 'x-key-id': 'house.hmac', 'x-timestamp': timestamp, 'x-nonce': 'n' },
    'x-signature': signerOf('bank-alpha').sign(`POST\n/door\n${timestamp}\nn\n{}`),
  };
  const notice = { method: 'POST', path: '/door', headers, body: '{}', nowMs: Number(timestamp) };
  const isSignedBy = (folder: Folder): Promise<boolean> => isSignedNotice(houseKeysOf([houseVerifier({}, keysDir, folder)]), notice);
  expect([await isSignedBy('bank-alpha'), await isSignedBy('bank-beta')]).toEqual([true, false]);
});
