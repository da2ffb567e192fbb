import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { reportClientObligationsV1 } from '@jinku/contracts';
import type { MessageBatch } from '@jinku/messaging';
import type { Database } from '@jinku/persistence';
import { signDetached } from '@jinku/security';
import { testDatabase } from '@jinku/testing';
import { AuditWorld } from '../../audit-world.builder.ts';
import { FakeLedger } from '../../books/fake-ledger.builder.ts';
import { ListBreaks } from '../../break/queries/list-breaks.ts';
import { RunChecks } from '../../check/jobs/run-checks.ts';
import { ListChecks } from '../../check/queries/list-checks.ts';
import { auditMigrations } from '../../migrations/index.ts';
import { ClientObligationsConsumer } from '../messaging/client-obligations.consumer.ts';
import { FollowObligations } from './follow-obligations.ts';

const DATE = '2026-11-20';
const client = generateKeyPairSync('ed25519');

let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let ledger: FakeLedger;
let world: AuditWorld;

beforeEach(async () => {
  testing = await testDatabase({ services: [{ name: 'audit', migrations: auditMigrations }] });
  database = await testing.open('audit');
  ledger = new FakeLedger();
  const ledgerUrl = await ledger.start(() => world.clock.wallNow());
  world = await AuditWorld.on(database, { ledgerUrl, keysDir: ledger.keysDir, clientKeys: new Map(['settlement', 'wallets'].map((id) => [id, client.publicKey])) });
});
afterEach(async () => {
  await ledger.stop();
  await testing.drop();
});

const reported = (change: object): string => JSON.stringify({ ...reportClientObligationsV1.example, businessDate: DATE, ...change });
const signed = (body: string, clientid = 'settlement'): Record<string, string> => ({ clientid, jws: signDetached({ keyId: clientid, privateKey: client.privateKey, payload: body }) });

async function receive(...messages: readonly { body: string; headers: Record<string, string>; undecodable?: string }[]): Promise<void> {
  const batch = messages.map((message, index) => ({ ...message, id: `m${index}`, source: '/clients/settlement' }));
  await database.transaction((tx) => new ClientObligationsConsumer(world.get(FollowObligations)).handle({ tx, messages: batch } as unknown as MessageBatch));
}

/** The client owes so much, by a report of this number. */
function owes(obligationsTotal: string, sequence: number, clientId?: string): Promise<void> {
  const body = reported({ obligationsTotal, sequence });
  return receive({ body, headers: signed(body, clientId) });
}

async function coverage(): Promise<string> {
  await world.get(RunChecks).run();
  const found = (await world.get(ListChecks).execute(DATE)).find(({ check }) => check === 'A11');
  return found?.reason ?? `${found?.verdict} ${found?.left['clientMoney']} ${found?.right['obligations']}`;
}

async function breaks(state: 'ADDED' | 'CLEARED' = 'ADDED'): Promise<string[]> {
  const page = await world.get(ListBreaks).page({ states: [state], limit: 50 }, world.clock.now());
  return page.filter(({ check }) => check === 'A11').map(({ reference, amount }) => `${reference} ${amount}`);
}

test('coverage is judged once the clients have told, against the books by value date, and never without them', async () => {
  expect(await coverage()).toBe('NO_OBLIGATIONS');
  await owes('4.00', 1);
  ledger.fault = 'DOWN';
  expect(await coverage()).toBe('LEDGER_DID_NOT_ANSWER');
  ledger.fault = 'NONE';

  expect(await coverage()).toBe('AGREES 4.00 4.00');
  expect(ledger.asked).toContain(`/v1/trial-balance?valueDate=${DATE}`);
});

test('a shortfall is a break until the newest report of every client system is covered', async () => {
  await owes('3.00', Number.MAX_SAFE_INTEGER - 1);
  await owes('1.50', 1, 'wallets');
  expect(await coverage()).toBe('DIFFERS 4.00 4.50');
  expect(await breaks()).toEqual(['COVERAGE 0.50']);

  // An older report comes late.
  await owes('1.00', 4);
  expect(await coverage()).toBe('DIFFERS 4.00 4.50');
  await owes('2.50', Number.MAX_SAFE_INTEGER);
  expect(await coverage()).toBe('AGREES 4.00 4.00');
  expect([await breaks(), await breaks('CLEARED')]).toEqual([[], ['COVERAGE 0.50']]);
});

test('what agreed is judged anew when a client system tells more', async () => {
  await owes('4.00', 1);
  expect(await coverage()).toBe('AGREES 4.00 4.00');
  await owes('4.10', 2);
  expect(await coverage()).toBe('DIFFERS 4.00 4.10');
  await owes('4.00', 3);
  expect(await coverage()).toBe('AGREES 4.00 4.00');
  await owes('0.20', 1, 'wallets');

  expect(await coverage()).toBe('DIFFERS 4.00 4.20');
});

test('a report that its client has not signed, or that breaks the contract, counts nothing, is kept with field and rule, and holds up none after it', async () => {
  const [lie, broken, good] = [reported({ obligationsTotal: '9.99' }), reported({ obligationsTotal: '-1.00' }), reported({ obligationsTotal: '4.00' })];
  await receive(
    ...[{ body: lie, headers: {} }, { body: lie, headers: signed(lie, 'somebody') }, { body: lie, headers: { clientid: 'settlement' } }, { body: lie, headers: signed(good) }],
    ...[{ body: broken, headers: signed(broken) }, { body: '{\0', headers: signed('{\0'), undecodable: 'body: is JSON' }, { body: good, headers: signed(good) }],
  );

  expect(await coverage()).toBe('AGREES 4.00 4.00');
  const kept = await database.query<{ fault: string; reason: string; body: string }>('SELECT fault, reason, body FROM quarantined_obligations ORDER BY id');
  expect(kept.map(({ fault }) => fault)).toEqual(['NO_CLIENT', 'UNKNOWN_CLIENT', 'NOT_SIGNED', 'BAD_SIGNATURE', 'INVALID', 'UNDECODABLE']);
  expect(kept.slice(4)).toEqual([{ fault: 'INVALID', reason: expect.stringMatching(/^obligationsTotal: /), body: broken }, { fault: 'UNDECODABLE', reason: 'body: is JSON', body: '{' }]);
});
