import { aTestHouse, type TestHouse } from '../simulator.builder.ts';
import { openReserve, postReserveMovement, ReserveShort, setReserveOpening, type ReserveMovement } from './reserve-books.ts';

const OPENING = { accountNumber: '1000000000000001', accountName: '金库支付有限公司', bankCode: '001100000008', openingMinor: 100_000n };
const NOON = new Date('2026-11-20T04:00:00Z');

let house: TestHouse;

beforeEach(async () => {
  house = await aTestHouse();
  await openReserve(house.database, 'JINKU001', OPENING, NOON);
});

afterEach(() => house.drop());

async function post(changes: Partial<ReserveMovement>): ReturnType<typeof postReserveMovement> {
  const movement: ReserveMovement = {
    direction: 'CREDIT',
    amountMinor: 100n,
    counterparty: 'NETSUNION',
    purpose: 'SETTLEMENT',
    payerReference: 'NETSUNION:2026-11-19',
    at: NOON,
    ...changes,
  };
  const client = await house.database.connect();
  try {
    await client.query('BEGIN');
    const posted = await postReserveMovement(client, movement);
    await client.query('COMMIT');
    return posted;
  } catch (error) {
    await client.query('ROLLBACK');
    throw error;
  } finally {
    client.release();
  }
}

async function rowsOf(sql: string): Promise<Record<string, unknown>[]> {
  return (await house.database.query<Record<string, unknown>>(sql)).rows;
}

test('a movement is booked with its balance after, and told by a notice in the same transaction', async () => {
  const credited = await post({ amountMinor: 2_345n });
  const debited = await post({ direction: 'DEBIT', amountMinor: 102_345n, purpose: null, payerReference: null });

  expect([credited.balanceAfterMinor, debited.balanceAfterMinor]).toEqual([102_345n, 0n]);
  expect(await rowsOf("SELECT kind, serial_number, amount_minor, detail FROM rails.notice ORDER BY serial_number::int")).toEqual([
    {
      kind: 'RESERVE_MOVED',
      serial_number: credited.movementNumber,
      amount_minor: '2345',
      detail: { direction: 'CREDIT', balanceAfter: '1023.45', payerReference: 'NETSUNION:2026-11-19', purpose: 'SETTLEMENT' },
    },
    {
      kind: 'RESERVE_MOVED',
      serial_number: debited.movementNumber,
      amount_minor: '102345',
      detail: { direction: 'DEBIT', balanceAfter: '0.00', payerReference: null, purpose: null },
    },
  ]);
});

test('a debit above the balance is refused and leaves nothing behind', async () => {
  await expect(post({ direction: 'DEBIT', amountMinor: 100_001n })).rejects.toThrow(ReserveShort);

  expect(await rowsOf('SELECT balance_minor FROM rails.reserve_account')).toEqual([{ balance_minor: '100000' }]);
  expect(await rowsOf('SELECT 1 FROM rails.reserve_movement UNION ALL SELECT 1 FROM rails.notice')).toEqual([]);
});

test('debits that race take what is there and no fen more', async () => {
  const posted = await Promise.allSettled(Array.from({ length: 12 }, () => post({ direction: 'DEBIT', amountMinor: 15_000n })));

  expect(posted.filter(({ status }) => status === 'fulfilled')).toHaveLength(6);
  const movements = await rowsOf('SELECT balance_after_minor FROM rails.reserve_movement ORDER BY movement_number');
  expect(movements.map((row) => row['balance_after_minor'])).toEqual(['85000', '70000', '55000', '40000', '25000', '10000']);
});

test('a movement of nothing is none', async () => {
  await expect(post({ amountMinor: 0n })).rejects.toMatchObject({ code: '23514' });
});

test('nothing is booked on a date before one that has movements, whatever the clock says', async () => {
  await post({ at: new Date('2026-11-21T16:00:00Z') });
  await post({ at: NOON });

  expect(await rowsOf('SELECT business_date::text FROM rails.reserve_movement ORDER BY movement_number')).toEqual([
    { business_date: '2026-11-22' },
    { business_date: '2026-11-22' },
  ]);
});

test('the opening balance can be set until the first movement, and the same one again after it', async () => {
  expect(await setReserveOpening(house.database, { ...OPENING, openingMinor: 500n })).toBe(true);
  await post({ amountMinor: 1n });

  expect(await setReserveOpening(house.database, { ...OPENING, openingMinor: 600n })).toBe(false);
  expect(await setReserveOpening(house.database, { ...OPENING, openingMinor: 500n })).toBe(true);
  expect(await rowsOf('SELECT balance_minor FROM rails.reserve_account')).toEqual([{ balance_minor: '501' }]);
});

test('the house cannot change or delete what was booked', async () => {
  await post({});

  await expect(house.database.query('UPDATE rails.reserve_movement SET amount_minor = 1')).rejects.toMatchObject({ code: '42501' });
  await expect(house.database.query('DELETE FROM rails.reserve_movement')).rejects.toMatchObject({ code: '42501' });
});
