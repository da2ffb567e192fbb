import { randomUUID } from 'node:crypto';

import pg from 'pg';

import { eventually } from '@jinku/testing';

import { HouseBooks } from '../books/house-books.ts';
import type { HouseClock } from '../house-clock.ts';
import type { Place } from '../house/house.ts';
import { aTestHouse, type TestHouse } from '../simulator.builder.ts';
import { billPage } from './payout-bill.ts';
import { SessionDesk, type MoveReserve, type SessionDeskOptions, type SettlementMovement } from './session-desk.ts';

const PLACE: Place = { clearingHouse: 'UNIONPAY', institution: 'JINKU001' };
const DAY = '2026-11-21';
const NEXT_DAY = '2026-11-22';
/** 22:00 and 23:00 in Shanghai. */
const BEFORE_CUT = new Date('2026-11-21T14:00:00Z');
const CUT = new Date('2026-11-21T15:00:00Z');
const SETTLED_FROM = new Date('2026-11-22T02:30:00Z');

class ReserveShort extends Error {
  override readonly name = 'ReserveShort';
}

let house: TestHouse;
let pool: pg.Pool;
let books: HouseBooks;
let desk: SessionDesk;
let now: Date;
let moved: SettlementMovement[];
let moveReserve: MoveReserve;
let refused: unknown[];
const clock: HouseClock = { now: () => now, wallNow: () => Date.now() };

beforeEach(async () => {
  house = await aTestHouse();
  pool = new pg.Pool({ ...house.config().database, max: 4 });
  now = BEFORE_CUT;
  moved = [];
  refused = [];
  moveReserve = (_, movement) => Promise.resolve(void moved.push(movement));
  await open();
});

afterEach(async () => {
  await close();
  await pool.end();
  await house.drop();
});

async function open(changes: Partial<SessionDeskOptions> = {}): Promise<void> {
  const arrivals = { write: () => Promise.resolve(false), wake: () => undefined };
  books = new HouseBooks({ pool, place: PLACE, clock, lingerMs: 1, mappedQuotaMinor: 100_000n, onNotices: () => undefined, arrivals });
  await books.open();
  desk = new SessionDesk({
    ...{ books, place: PLACE, clock, receiptsCount: 'REAL_TIME', settlementEffect: 'AS_NOTIFIED', settlesAtMinute: null },
    moveReserve: (client, movement) => moveReserve(client, movement),
    onNotices: () => undefined,
    onRefused: (refusal) => void refused.push(refusal),
    ...changes,
  });
  await desk.open();
}

async function close(): Promise<void> {
  await desk.close();
  await books.close();
}

async function reopen(changes: Partial<SessionDeskOptions> = {}): Promise<void> {
  await close();
  await open(changes);
}

async function pay(amountMinor: bigint): Promise<string> {
  const serialNumber = randomUUID();
  const payee = { payeeAccount: '6222020200112233445', payeeName: '张伟', bankCode: '102100099996' };
  const about = { purpose: '结算', businessLine: 'SETTLEMENT', merchantId: 'M0001', validUntilMs: Date.now() + 60_000 };
  const conclusion = await books.submit({ serialNumber, amountMinor, ...payee, ...about }, null);
  expect(conclusion).toMatchObject({ kind: 'CONCLUDED', row: { status: 'SUCCEEDED' } });
  return serialNumber;
}

async function returned(serialNumber: string, { amountMinor, date }: { amountMinor: bigint; date: string }): Promise<void> {
  await pool.query(
    `INSERT INTO rails.payout_return (return_id, serial_number, clearing_house, amount_minor, clearing_date, returned_at) VALUES ($1, $2, 'UNIONPAY', $3, $4, $5)`,
    [randomUUID(), serialNumber, amountMinor.toString(), date, now],
  );
}

async function collected(amountMinor: bigint): Promise<boolean> {
  return (await desk.collect({ channel: 'COLLECTION', count: 2, amountMinor, clearingDate: null })) !== null;
}

async function closedOn(date: string): Promise<void> {
  await eventually(async () => expect((await desk.find(date))?.state).toBe('CLOSED'));
}

async function quota(): Promise<Record<string, string>> {
  const { rows } = await pool.query<Record<string, string>>(
    "SELECT mapped_minor AS mapped, consumed_minor AS consumed, receipts_minor AS receipts FROM rails.quota WHERE clearing_house = 'UNIONPAY'",
  );
  return rows[0] ?? {};
}

async function told(kind: string): Promise<Record<string, unknown>[]> {
  return (await pool.query<Record<string, unknown>>('SELECT clearing_house, clearing_date::text, amount_minor FROM rails.notice WHERE kind = $1', [kind])).rows;
}

test('a session is cut at its hour: what came before is in its result, what comes later in the next one', async () => {
  const early = await pay(3_000n);
  await collected(500n);
  now = new Date(CUT.getTime() - 1);
  await pay(1_000n);
  now = CUT;
  await pay(700n);
  await returned(early, { amountMinor: 40n, date: NEXT_DAY });
  await closedOn(DAY);

  expect(await desk.find(DAY)).toMatchObject({ state: 'CLOSED', payoutsMinor: 4_000n, payoutCount: 2, returnsMinor: 0n, receiptsMinor: 500n, netMinor: -3_500n });
  expect(await desk.find(NEXT_DAY)).toMatchObject({ state: 'OPEN', payoutsMinor: 700n, returnsMinor: 40n, netMinor: -660n });
  expect(await desk.find('2026-11-23')).toBeNull();
  expect(await told('SESSION_RESULT')).toEqual([{ clearing_house: 'UNIONPAY', clearing_date: DAY, amount_minor: null }]);
});

test('settlement moves the reserve by the net once, rolls it into the mapping, and what may be paid stays the same', async () => {
  await pay(4_000n);
  await collected(500n);
  now = CUT;
  await pay(700n);
  await closedOn(DAY);
  now = SETTLED_FROM;

  const results = await Promise.all([desk.settleSession(DAY), desk.settleSession(DAY)]);

  expect(results).toEqual(expect.arrayContaining(['SESSION_SETTLED', expect.objectContaining({ state: 'SETTLED', settledAt: SETTLED_FROM })]));
  expect(moved).toEqual([{ direction: 'DEBIT', amountMinor: 3_500n, counterparty: 'UNIONPAY', purpose: 'SETTLEMENT', payerReference: `UNIONPAY:${DAY}`, at: SETTLED_FROM }]);
  expect(await quota()).toEqual({ mapped: '96500', consumed: '700', receipts: '0' });
  expect(await told('QUOTA_CHANGED')).toMatchObject([{ amount_minor: '96500' }]);
});

test('a reserve that does not hold the net leaves everything as it was, and the next try settles', async () => {
  await pay(4_000n);
  now = CUT;
  await closedOn(DAY);
  const willing = moveReserve;
  moveReserve = () => Promise.reject(new ReserveShort());

  expect(await desk.settleSession(DAY)).toBe('RESERVE_SHORT');
  expect(await quota()).toEqual({ mapped: '100000', consumed: '4000', receipts: '0' });
  expect(await desk.find(DAY)).toMatchObject({ state: 'CLOSED' });
  expect(await told('QUOTA_CHANGED')).toEqual([]);
  moveReserve = willing;
  expect(await desk.settleSession(DAY)).toMatchObject({ state: 'SETTLED' });
});

test('neither an open session, nor one out of turn, nor one that never was is settled', async () => {
  await pay(100n);

  expect(await desk.settleSession(DAY)).toBe('SESSION_OPEN');
  expect(await desk.settleSession('2026-11-20')).toBe('NO_SUCH_SESSION');
  now = new Date(CUT.getTime() + 1);
  await closedOn(DAY);
  now = new Date('2026-11-22T15:00:00Z');
  await closedOn(NEXT_DAY);
  expect(await desk.settleSession(NEXT_DAY)).toBe('EARLIER_SESSION_UNSETTLED');
  expect(moved).toEqual([]);
});

test('receipts raise what may be paid from when the policy says so', async () => {
  const available = async (): Promise<bigint> => {
    const { mapped = '', consumed = '', receipts = '' } = await quota();
    return BigInt(mapped) + BigInt(receipts) - BigInt(consumed);
  };
  const seen: Record<string, bigint[]> = {};
  let date = DAY;
  for (const receiptsCount of ['REAL_TIME', 'SESSION_CLOSE', 'SETTLED'] as const) {
    await reopen({ receiptsCount });
    const before = await available();
    await collected(500n);
    const afterReceipt = await available();
    now = new Date(now.getTime() + 24 * 3_600_000);
    await closedOn(date);
    const afterCut = await available();
    await desk.settleSession(date);
    seen[receiptsCount] = [afterReceipt - before, afterCut - before, (await available()) - before];
    date = new Date(Date.parse(date) + 24 * 3_600_000).toISOString().slice(0, 10);
  }

  expect(seen).toEqual({ REAL_TIME: [500n, 500n, 500n], SESSION_CLOSE: [0n, 500n, 500n], SETTLED: [0n, 0n, 500n] });
});

test('a reset gives back what was paid and leaves the mapping as it was', async () => {
  await reopen({ settlementEffect: 'RESET_TO_MAPPED' });
  await pay(4_000n);
  now = CUT;
  await closedOn(DAY);
  await desk.settleSession(DAY);

  expect(await quota()).toEqual({ mapped: '100000', consumed: '0', receipts: '0' });
  expect(moved).toMatchObject([{ direction: 'DEBIT', amountMinor: 4_000n }]);
});

test('a session that was cut while the house was away is closed and settled when it is back, on its time and once', async () => {
  await pay(4_000n);
  await close();
  now = SETTLED_FROM;
  await open({ settlesAtMinute: 10 * 60 + 30 });

  await eventually(async () => expect((await desk.find(DAY))?.state).toBe('SETTLED'));
  expect(moved).toHaveLength(1);
  expect(refused).toEqual([]);
});

test('a settlement that is refused on its time is told, and tried again when the next date begins', async () => {
  moveReserve = () => Promise.reject(new ReserveShort());
  await pay(4_000n);
  await close();
  now = SETTLED_FROM;
  await open({ settlesAtMinute: 10 * 60 + 30 });
  const refusal = { clearingHouse: 'UNIONPAY', clearingDate: DAY, reason: 'RESERVE_SHORT' };
  expect(refused).toEqual([refusal]);
  now = new Date('2026-11-22T15:00:00Z');

  await eventually(() => expect(refused).toEqual([refusal, refusal]));
});

test('receipts come into the open session only, and their books cannot be changed', async () => {
  await collected(500n);

  expect(await desk.collect({ channel: 'COLLECTION', count: 1, amountMinor: 1n, clearingDate: '2026-11-20' })).toBeNull();
  expect(await desk.collect({ channel: 'COLLECTION', count: 1, amountMinor: 1n, clearingDate: NEXT_DAY })).toBeNull();
  await expect(house.database.query('UPDATE rails.collection SET amount_minor = 1')).rejects.toMatchObject({ code: '42501' });
  await expect(house.database.query('DELETE FROM rails.collection')).rejects.toMatchObject({ code: '42501' });
});

test('payouts that race with the cut are each in one session, and the two bills hold each of them once', async () => {
  const paid: string[] = [];
  const paying = Array.from({ length: 8 }, async () => {
    for (let count = 0; count < 30; count += 1) {
      paid.push(await pay(10n));
      if (paid.length === 120) now = CUT;
    }
  });
  await Promise.all(paying);
  await closedOn(DAY);
  now = new Date('2026-11-22T15:00:00Z');
  await closedOn(NEXT_DAY);

  const billed = [...(await bill(DAY)), ...(await bill(NEXT_DAY))];
  expect(billed.toSorted()).toEqual(paid.toSorted());
  expect((await bill(DAY)).length).toBeGreaterThanOrEqual(120 - 8);
});

test('a bill goes on where its page ended, payouts before returns', async () => {
  const paid: string[] = [];
  for (let count = 0; count < 205; count += 1) paid.push(await pay(10n));
  for (const serialNumber of paid.slice(0, 3)) await returned(serialNumber, { amountMinor: 4n, date: DAY });
  now = CUT;
  await closedOn(DAY);

  const session = await desk.find(DAY);
  if (session === null) throw new Error('it was closed above');
  const first = await billPage(pool, PLACE, { session, after: null });
  expect(first).toMatchObject({ lineCount: 208, payoutsMinor: 2_050n, returnsMinor: 12n });
  expect(first.lines).toHaveLength(200);
  const second = await billPage(pool, PLACE, { session, after: first.next });
  expect(second.lines.map(({ status }) => status)).toEqual([...Array<string>(5).fill('SUCCEEDED'), ...Array<string>(3).fill('RETURNED')]);
  expect(second.next).toBeNull();
  expect(new Set([...first.lines, ...second.lines].map(({ serialNumber, status }) => `${serialNumber} ${status}`)).size).toBe(208);
}, 30_000);

async function bill(date: string): Promise<string[]> {
  const session = await desk.find(date);
  if (session === null) return [];
  const serialNumbers: string[] = [];
  let after: string | null = null;
  do {
    const page: Awaited<ReturnType<typeof billPage>> = await billPage(pool, PLACE, { session, after });
    serialNumbers.push(...page.lines.map(({ serialNumber }) => serialNumber));
    after = page.next;
  } while (after !== null);
  return serialNumbers;
}
