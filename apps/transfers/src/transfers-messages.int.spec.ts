import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { generateKeyPairSync } from 'node:crypto';
import { accountDescribedV1, grantSetV1, railNoticeReceivedV1, reportFeeAccrualV1, type AccountDescribedV1, type GrantSetV1, type RailNoticeReceivedV1 } from '@jinku/contracts';
import type { MessageBatch } from '@jinku/messaging';
import { signDetached } from '@jinku/security';
import { AccountDescribedConsumer } from './account/messaging/account-described.consumer.ts';
import { AccountRepository } from './account/persistence/account.repository.ts';
import { FeeAccrualConsumer } from './fee-accrual/messaging/fee-accrual.consumer.ts';
import { FeeAccrualRepository } from './fee-accrual/persistence/fee-accrual.repository.ts';
import { FollowFeeAccruals } from './fee-accrual/use-cases/follow-fee-accruals.ts';
import { GrantSetConsumer } from './grant/messaging/grant-set.consumer.ts';
import { SetGrants } from './grant/use-cases/set-grants.ts';
import { RailNoticesConsumer } from './transfer-order/messaging/rail-notices.consumer.ts';
import { RecordLegOutcome } from './transfer-order/use-cases/record-leg-outcome.ts';
import { NETSUNION_GRANT, PREPAID, transfersDatabase, TransfersWorld, type TransfersDatabase } from './transfers-world.builder.ts';

let given: TransfersDatabase;
let world: TransfersWorld;

beforeAll(async () => {
  given = await transfersDatabase();
});
afterAll(() => given.test.drop());
beforeEach(async () => {
  await given.empty();
  world = await TransfersWorld.on(given.database);
  await world.fill();
});

/** The messages as they come: one batch, in one transaction. */
function handle<P>(consumer: { handle(batch: MessageBatch<P>): Promise<void> }, ...messages: P[]): Promise<void> {
  return given.database.transaction((tx) => consumer.handle({ tx, messages: messages.map((data) => ({ data })) } as unknown as MessageBatch<P>));
}

describe('a rail\'s notice', () => {
  const noticed = (change: Partial<RailNoticeReceivedV1>): Promise<void> => handle(new RailNoticesConsumer(world.get(RecordLegOutcome)), { ...railNoticeReceivedV1.example, ...change });
  const reserve = (payerReference?: string): Partial<RailNoticeReceivedV1> => ({
    kind: 'RESERVE_MOVED',
    serialNumber: '17',
    amount: '1000.00',
    reserve: { direction: 'CREDIT', balanceAfter: '9000.00', ...(payerReference === undefined ? {} : { payerReference }) },
  });

  test('of the reserve with our number as reference ends a sweep; a debit, another reference or none does not', async () => {
    const id = await world.place();
    await world.advance();
    const ours = world.serialNumber();
    await noticed(reserve());
    await noticed(reserve('HOUSE:2026-11-20'));
    await noticed({ ...reserve(ours), reserve: { direction: 'DEBIT', balanceAfter: '9000.00', payerReference: ours } });
    expect(await world.order(id)).toMatchObject({ state: 'RUNNING' });

    await noticed(reserve(ours));

    expect(await world.order(id)).toMatchObject({ state: 'COMPLETED' });
  });

  test('of a payout under our number ends a fund-down, on the clearing date that the house names', async () => {
    const id = await world.placeFundDown();
    await world.advance();
    await noticed({ serialNumber: world.serialNumber(), amount: '1000.00', clearingDate: '2026-11-22' });

    expect(await world.order(id)).toMatchObject({ state: 'COMPLETED', movements: [{ valueDate: '2026-11-22' }] });
  });

  test('without an amount decides nothing', async () => {
    const id = await world.placeFundDown();
    await world.advance();
    const { amount: _, ...noAmount } = railNoticeReceivedV1.example;
    await handle(new RailNoticesConsumer(world.get(RecordLegOutcome)), { ...noAmount, serialNumber: world.serialNumber() });

    expect(await world.order(id)).toMatchObject({ state: 'RUNNING' });
  });

  test('of another service\'s number is passed over without a word, and of one of ours that nobody drew is told', async () => {
    await noticed({ serialNumber: 'JINKU001202611210000000001' });
    expect(world.events).toEqual([]);
    await noticed({ serialNumber: 'JINKU001202611212999999999' });

    expect(world.events).toEqual(['transfer-leg-not-ours']);
  });
});

test('the highest version of an account counts, in whatever order they come', async () => {
  const described = (version: number, isUsable: boolean): AccountDescribedV1 => ({ ...accountDescribedV1.example, accountId: PREPAID.id, version, isUsable });
  await handle(new AccountDescribedConsumer(world.get(AccountRepository)), described(7, false), described(6, true));

  expect(await world.get(AccountRepository).find(given.database, PREPAID.id)).toMatchObject({ version: 7, isUsable: false, subtype: 'PREPAID_CARD', connectorType: 'BANK_ALPHA' });
});

describe('a report of accrued fees', () => {
  const client = generateKeyPairSync('ed25519');
  const signed = (body: string, clientid = 'settlement'): Record<string, string> => ({ clientid, jws: signDetached({ keyId: clientid, privateKey: client.privateKey, payload: body }) });
  const reported = (change: object): string => JSON.stringify({ ...reportFeeAccrualV1.example, ...change });
  const accrued = (): Promise<bigint> => given.database.transaction((tx) => world.get(FeeAccrualRepository).lock(tx));

  beforeEach(async () => {
    world = await TransfersWorld.on(given.database, { clientKeys: new Map([['settlement', client.publicKey]]) });
  });

  async function receive(...messages: { body: string; headers: Record<string, string> }[]): Promise<void> {
    const batch = messages.map((message, index) => ({ ...message, id: `m${index}`, source: '/clients/settlement' }));
    await given.database.transaction((tx) => new FeeAccrualConsumer(world.get(FollowFeeAccruals)).handle({ tx, messages: batch } as unknown as MessageBatch));
  }

  test('counts by its sequence, in whatever order they come', async () => {
    await receive(...[reported({ sequence: 5, accruedTotal: '500.00' }), reported({ sequence: 4, accruedTotal: '900.00' })].map((body) => ({ body, headers: signed(body) })));

    expect(await accrued()).toBe(50_000n);
  });

  test('that its client has not signed, or that breaks the contract, raises nothing, is kept with field and rule, and holds up none after it', async () => {
    const [lie, broken, good] = [reported({ sequence: 9, accruedTotal: '9999999.00' }), reported({ sequence: 9, accruedTotal: '1.234' }), reported({ sequence: 6, accruedTotal: '600.00' })];
    await receive(
      { body: lie, headers: {} },
      { body: lie, headers: signed(lie, 'somebody') },
      { body: lie, headers: { clientid: 'settlement' } },
      { body: lie, headers: signed(good) },
      { body: broken, headers: signed(broken) },
      { body: good, headers: signed(good) },
    );

    expect(await accrued()).toBe(60_000n);
    const kept = await given.database.query<{ fault: string; reason: string }>('SELECT fault, reason FROM quarantined_fee_accrual ORDER BY message_id');
    expect(kept.map(({ fault }) => fault)).toEqual(['NO_CLIENT', 'UNKNOWN_CLIENT', 'NOT_SIGNED', 'BAD_SIGNATURE', 'INVALID']);
    expect(kept.at(-1)?.reason).toMatch(/^accruedTotal: /);
  });
});

test('a grant of the payout shards is not ours, an older epoch changes nothing, and each new one is answered', async () => {
  const set = (change: Partial<GrantSetV1>): GrantSetV1 => ({ ...grantSetV1.example, grantId: NETSUNION_GRANT, holder: 'TRANSFERS', shard: 0, ...change });
  const consumer = new GrantSetConsumer(world.get(SetGrants));
  await handle(consumer, set({ epoch: 3, grantedTotal: '700.00' }), set({ epoch: 2, grantedTotal: '900.00' }), set({ holder: 'PAYOUTS', grantId: crypto.randomUUID(), epoch: 9 }));
  await handle(consumer, set({ epoch: 1, grantedTotal: '1.00' }));

  expect((await world.told('transfers.grant-usage-reported.v1')).map(({ epoch, grantedTotal }) => [epoch, grantedTotal])).toEqual([
    [1, '3000.00'],
    [3, '700.00'],
  ]);
});
