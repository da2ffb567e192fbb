import { generateKeyPairSync } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { businessDate, ManualClock } from '@jinku/calendar';
import type { RailSession } from '@jinku/connectors';
import type { ReportCollectionsV1, SessionAdvancedV1 } from '@jinku/contracts';
import type { Database } from '@jinku/persistence';
import { signDetached } from '@jinku/security';
import { testDatabase } from '@jinku/testing';
import { ReadBuffer } from '../buffer/queries/read-buffer.ts';
import { RecordReserve } from '../buffer/use-cases/record-reserve.ts';
import { CountCollections } from '../collection/use-cases/count-collections.ts';
import { GrantRepository } from '../grant/persistence/grant.repository.ts';
import { RecordGrantUsage } from '../grant/use-cases/record-grant-usage.ts';
import { quotasMigrations } from '../migrations/index.ts';
import { SHIPPED_POLICY, type HouseTerms } from '../policy/domain/quota-policy.ts';
import { QuotaPolicyRepository } from '../policy/persistence/quota-policy.repository.ts';
import { CollectQuota } from '../quota/jobs/collect-quota.ts';
import { ReadPositionBoard, type QuotaPosition } from '../quota/queries/read-position-board.ts';
import { QuotasWorld } from '../quotas-world.builder.ts';
import { SessionRepository, type StoredSession } from './persistence/session.repository.ts';
import { CountSessionItems } from './use-cases/count-session-items.ts';

const TODAY = '2026-11-21';
const client = generateKeyPairSync('ed25519');
const stranger = generateKeyPairSync('ed25519');
let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let world: QuotasWorld;
let sequence = 0;

beforeAll(async () => {
  testing = await testDatabase({ services: [{ name: 'quotas', migrations: quotasMigrations }] });
  database = await testing.open('quotas');
});
afterAll(() => testing.drop());

/** NetsUnion maps 1,000.00 of a reserve of 1,500.00, at 10:00 of the clearing date. */
beforeEach(async () => {
  await testing.admin.query(`TRUNCATE quota, quota_observation, quota_grant, grant_event, quota_adjustment, quota_adjustment_event, quota_buffer, quota_buffer_movement,
    reserve_movement, clearing_session, clearing_session_event, grant_date_total, session_item, collection_total, quarantined_collection, quota_policy, approval,
    outbox_message CASCADE; INSERT INTO quota_buffer DEFAULT VALUES`);
  sequence = 0;
  world = await QuotasWorld.on(database, { clock: new ManualClock(new Date('2026-11-21T02:00:00Z')), clientKeys: new Map([['settlement', client.publicKey]]) });
  await world.get(CollectQuota).run();
  await database.transaction((tx) => world.get(RecordReserve).observe(tx, { balance: 150_000n, asOf: world.clock.now() }));
});

async function consume(total: bigint, dates: Readonly<Record<string, bigint>>): Promise<void> {
  const grant = (await world.get(GrantRepository).list(database, 'NETSUNION')).find(({ holder, shard }) => holder === 'PAYOUTS' && shard === 0);
  if (grant === undefined) throw new Error('the first shard has a grant');
  const usage = {
    ...{ grantId: grant.id, clearingHouse: 'NETSUNION' as const, acceptedEpoch: grant.epoch, acceptedTotal: grant.grantedTotal > total ? grant.grantedTotal : total },
    ...{ consumedTotal: total, reserved: 0n, need: 0n, reportedAt: world.clock.now() },
    byDate: Object.entries(dates).map(([clearingDate, amount]) => ({ grantId: grant.id, clearingDate, total: amount, count: 1 })),
  };
  await database.transaction((tx) => world.get(RecordGrantUsage).execute(tx, [usage]));
}

type Report = Partial<ReportCollectionsV1>;

function message(change: Report, key = client.privateKey): { id: string; source: string; headers: Record<string, string>; body: string } {
  sequence += 1;
  const report = { clearingHouse: 'NETSUNION', channel: 'COLLECTION', clearingDate: TODAY, sequence, countTotal: 1, amountTotal: '0.00', isFinal: false, asOf: '2026-11-21T02:00:00.000Z', ...change };
  const body = JSON.stringify(report);
  return { id: `m-${sequence}`, source: '/settlement', headers: { clientid: 'settlement', jws: signDetached({ keyId: 'settlement', privateKey: key, payload: body }) }, body };
}
const collect = (...messages: ReturnType<typeof message>[]): Promise<void> => database.transaction((tx) => world.get(CountCollections).execute(tx, messages));

const board = async (): Promise<QuotaPosition> => (await world.get(ReadPositionBoard).execute())[0] as QuotaPosition;
const session = async (date = TODAY): Promise<StoredSession | null> => world.get(SessionRepository).find(database, 'NETSUNION', date);
const faults = async (): Promise<string[]> => (await database.query<{ fault: string }>('SELECT fault FROM quarantined_collection ORDER BY id')).map(({ fault }) => fault);
const told = async (type: string): Promise<unknown[]> => {
  const rows = await testing.admin.query('SELECT body FROM outbox_message WHERE type = $1 ORDER BY sequence', [type]);
  return (rows.rows as { body: string }[]).map(({ body }) => JSON.parse(body) as unknown);
};
const toldStates = async (): Promise<string[]> => ((await told('quotas.session-advanced.v1')) as SessionAdvancedV1[]).map(({ state, net }) => `${state} ${net}`);

function says(change: Partial<RailSession>): void {
  const figures = { payoutsMinor: 30_000n, payoutCount: 1, returnsMinor: 0n, receiptsMinor: 20_000n, netMinor: -10_000n };
  world.rail.sessions.set(TODAY, { clearingDate: businessDate(TODAY), state: 'CLOSED', settledAt: null, ...figures, ...change });
}

async function nextMorning(): Promise<void> {
  world.clock.advance(24 * 3_600_000);
  await world.get(CollectQuota).run();
}

/** The house settles: its mapping rolls, the reserve moves, and the notice comes. */
async function settle(net = -10_000n, moved = net): Promise<void> {
  world.clock.advance(3_600_000);
  says({ state: 'SETTLED', settledAt: world.clock.now() });
  world.rail.mapped += net;
  const movement = { movementNumber: '1', amount: moved, balanceAfter: 150_000n + moved, payerReference: `NETSUNION:${TODAY}`, purpose: 'SETTLEMENT', occurredAt: world.clock.now() };
  await database.transaction((tx) => world.get(RecordReserve).move(tx, movement));
  world.clock.advance(1_000);
  await world.get(CollectQuota).run();
}

async function inForce(terms: Partial<Pick<HouseTerms, 'receiptsCount' | 'settlementEffectOnMapping'>>): Promise<void> {
  const id = '01993c1e-0000-7000-8000-0000000000a7';
  await testing.admin.query(
    `INSERT INTO approval (id, kind, subject, payload, state, maker_id, steps_required, reason, proposed_at, expires_at)
     VALUES ($1, 'quotas.change-policy', 's', '{}', 'PROPOSED', 'm', 1, 'spec', '2026-11-20', '2026-11-30')`,
    [id],
  );
  const content = { ...SHIPPED_POLICY, houses: { ...SHIPPED_POLICY.houses, NETSUNION: { ...SHIPPED_POLICY.houses.NETSUNION, ...terms } } };
  await database.transaction((tx) => world.get(QuotaPolicyRepository).insert(tx, { effectiveOn: '2026-11-20', content, approvalId: id, decidedAt: world.clock.now() }));
}

test('collections raise the quota by their total, however often and in whatever order they are told', async () => {
  const [first, second] = [message({ amountTotal: '120.00' }), message({ amountTotal: '200.00' })];
  await collect(first);
  expect(await board()).toMatchObject({ bookAvailable: '1120.00' });

  await collect(second);
  await collect(first, second);

  expect(await board()).toMatchObject({ bookAvailable: '1200.00' });
  expect(await told('quotas.receipts-counted.v1')).toMatchObject([{ previousTotal: '0.00', total: '120.00' }, { previousTotal: '120.00', total: '200.00' }]);
});

test('a report for a date that no session can be open or late for is not counted: it would stay quota for ever', async () => {
  await collect(message({ clearingDate: '2026-10-20', amountTotal: '1.00' }), message({ clearingDate: '2026-11-23', amountTotal: '1.00' }));
  expect(await faults()).toEqual(['FAR_DATE', 'FAR_DATE']);
  expect(await session('2026-11-23')).toBeNull();

  await collect(message({ clearingDate: '2026-10-21', amountTotal: '1.00' }), message({ clearingDate: '2026-11-22', amountTotal: '1.00' }));

  expect(await faults()).toHaveLength(2);
  expect(await session('2026-11-22')).toMatchObject({ own: { receipts: 100n } });
});

test('nothing is counted of what is not signed by a registered client, breaks the contract, falls, or follows the last report', async () => {
  await collect(message({ amountTotal: '100.00' }));
  const forged = message({ amountTotal: '900.00' }, stranger.privateKey);
  const unsigned = { ...message({ amountTotal: '900.00' }), headers: { clientid: 'settlement' } };
  const unknown = { ...forged, headers: { ...forged.headers, clientid: 'nobody' } };
  await collect(forged, unsigned, unknown, message({ amountTotal: '1' }), message({ amountTotal: '99.99' }));
  await collect(message({ amountTotal: '150.00', isFinal: true }), message({ amountTotal: '160.00' }));

  expect(await faults()).toEqual(expect.arrayContaining(['BAD_SIGNATURE', 'NOT_SIGNED', 'UNKNOWN_CLIENT', 'INVALID', 'TOTAL_FELL', 'AFTER_FINAL']));
  expect(await faults()).toHaveLength(6);
  expect(await board()).toMatchObject({ bookAvailable: '1150.00' });
});

test.each([
  ['REAL_TIME', '1200.00', '1200.00'],
  ['SESSION_CLOSE', '1000.00', '1200.00'],
  ['SETTLED', '1000.00', '1000.00'],
] as const)('under %s receipts are quota as the policy says', async (receiptsCount, open, closed) => {
  await inForce({ receiptsCount });
  await collect(message({ amountTotal: '200.00' }));
  expect(await board()).toMatchObject({ bookAvailable: open });

  await nextMorning();

  expect(await board()).toMatchObject({ bookAvailable: closed });
});

test('a session goes from its cut over the house\'s result to the reserve\'s movement, each step told once', async () => {
  await consume(30_000n, { [TODAY]: 30_000n });
  await collect(message({ amountTotal: '200.00' }));
  expect((await session())?.state).toBe('OPEN');

  await nextMorning();
  expect((await session())?.state).toBe('CLOSED');
  says({});
  await world.get(CollectQuota).run();
  expect((await session())?.state).toBe('CONFIRMED');
  const before = await board();
  await settle();
  await world.get(CollectQuota).run();

  expect((await session())?.state).toBe('SETTLED');
  expect(await toldStates()).toEqual(['CLOSED -100.00', 'RESULT_RECEIVED -100.00', 'CONFIRMED -100.00', 'SETTLED -100.00']);
  // The mapping holds the net now, and what may still be paid is what it was.
  expect(await board()).toMatchObject({ mappedQuota: '900.00', bookAvailable: before.bookAvailable });
  expect(await world.get(ReadBuffer).execute()).toMatchObject({ unallocatedBuffer: '500.00', reserveDifference: '0.00' });
});

test('a session is not settled by the house\'s word alone', async () => {
  await consume(30_000n, { [TODAY]: 30_000n });
  await collect(message({ amountTotal: '200.00' }));
  await nextMorning();
  says({ state: 'SETTLED', settledAt: world.clock.now() });
  await world.get(CollectQuota).run();

  expect(await session()).toMatchObject({ state: 'CONFIRMED', houseSettledAt: expect.any(Date) });
});

test('a result that is not ours is disputed, unless what was late explains it, even afterwards', async () => {
  await consume(20_000n, { [TODAY]: 20_000n });
  await collect(message({ amountTotal: '200.00' }));
  await nextMorning();
  says({});
  await world.get(CollectQuota).run();
  expect((await session())?.state).toBe('RESULT_RECEIVED');
  await world.get(CollectQuota).run();
  await world.get(CollectQuota).run();
  expect((await session())?.state).toBe('DISPUTED');
  expect(world.events.map(({ event }) => event)).toContain('session-disputed');

  await consume(30_000n, { [TODAY]: 30_000n });
  await world.get(CollectQuota).run();

  expect((await session())?.state).toBe('CONFIRMED');
});

test('a reserve that moves by another amount than the net is told', async () => {
  await consume(30_000n, { [TODAY]: 30_000n });
  await collect(message({ amountTotal: '200.00' }));
  await nextMorning();
  says({});
  await world.get(CollectQuota).run();

  await settle(-10_000n, -9_999n);

  expect(await session()).toMatchObject({ state: 'SETTLED', settlementDifference: 1n });
  expect(world.events.map(({ event }) => event)).toContain('settlement-differs');
});

test('a success that becomes known after its session is in the mapping is not taken off twice', async () => {
  await consume(30_000n, { [TODAY]: 30_000n });
  await collect(message({ amountTotal: '200.00' }));
  await nextMorning();
  says({ payoutsMinor: 35_000n });
  await world.get(CollectQuota).run();
  world.clock.advance(3_600_000);
  says({ payoutsMinor: 35_000n, state: 'SETTLED', settledAt: world.clock.now() });
  world.rail.mapped = 85_000n;
  world.clock.advance(1_000);
  await world.get(CollectQuota).run();
  expect(await board()).toMatchObject({ bookAvailable: '850.00' });

  await consume(35_000n, { [TODAY]: 35_000n });

  expect(await board()).toMatchObject({ bookAvailable: '850.00' });
});

test('a figure that may hold a settlement nobody has told us of waits until the house says how its sessions stand', async () => {
  await collect(message({ amountTotal: '200.00' }));
  await nextMorning();
  says({ payoutsMinor: 0n, netMinor: 20_000n });
  await world.get(CollectQuota).run();
  world.rail.mapped = 120_000n;
  world.rail.sessions.set(TODAY, null);
  await world.get(CollectQuota).run();
  expect(await board()).toMatchObject({ mappedQuota: '1000.00', bookAvailable: '1200.00' });

  says({ payoutsMinor: 0n, netMinor: 20_000n, state: 'SETTLED', settledAt: world.clock.now() });
  await world.get(CollectQuota).run();

  expect(await board()).toMatchObject({ mappedQuota: '1200.00', bookAvailable: '1200.00' });
});

test.each([
  ['ROLL_NET_INTO_MAPPED', '900.00', '500.00'],
  ['RESET_TO_MAPPED', '1000.00', '400.00'],
] as const)('under %s the settlement itself says what becomes of the mapping, and the next figure changes nothing', async (settlementEffectOnMapping, mappedQuota, unallocatedBuffer) => {
  await inForce({ settlementEffectOnMapping });
  await consume(30_000n, { [TODAY]: 30_000n });
  await collect(message({ amountTotal: '200.00' }));
  await nextMorning();
  says({});
  await world.get(CollectQuota).run();

  await settle(settlementEffectOnMapping === 'ROLL_NET_INTO_MAPPED' ? -10_000n : 0n, -10_000n);
  for (let figures = 0; figures < 2; figures += 1) {
    expect(await board()).toMatchObject({ mappedQuota, bookAvailable: mappedQuota });
    expect(await world.get(ReadBuffer).execute()).toMatchObject({ unallocatedBuffer, reserveDifference: '0.00' });
    world.clock.advance(1_000);
    await world.get(CollectQuota).run();
  }
});

test('returns and fund-downs stand in the session of their date, each once; a return is quota again with its settlement', async () => {
  const items = [
    { kind: 'RETURN', reference: 'NETSUNION:N-1', clearingHouse: 'NETSUNION', clearingDate: TODAY, amount: 500n },
    { kind: 'FUND_DOWN', reference: 'movement-1', clearingHouse: 'NETSUNION', clearingDate: TODAY, amount: 700n },
  ] as const;
  await database.transaction((tx) => world.get(CountSessionItems).execute(tx, items));
  await database.transaction((tx) => world.get(CountSessionItems).execute(tx, items));

  expect((await session())?.own).toEqual({ payouts: 700n, returns: 500n, receipts: 0n });
  expect(await board()).toMatchObject({ bookAvailable: '1000.00' });
});
