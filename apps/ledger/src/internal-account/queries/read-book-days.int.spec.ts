import { businessDate } from '@jinku/calendar';
import { aLedger, anEntry, type LedgerForTest } from '../../journal/journal.builder.ts';
import { anAccount } from '../../journal/journal-events.builder.ts';
import { ListInTransit } from './list-in-transit.ts';
import { ReadBookDays, type DayLine } from './read-book-days.ts';

let ledger: LedgerForTest;
let days: ReadBookDays;
beforeEach(async () => {
  ledger = await aLedger();
  days = new ReadBookDays(ledger.database);
});
afterEach(() => ledger.test.drop());

const [SATURDAY, SUNDAY, MONDAY] = [businessDate('2026-11-21'), businessDate('2026-11-22'), businessDate('2026-11-23')];
const lineOf = async (day: typeof SATURDAY, code: string): Promise<Partial<DayLine>> => {
  const { lines } = await days.trialBalance(day);
  const { opening, debit, credit, closing } = lines.find((line) => line.code === code)!;
  return { opening, debit, credit, closing };
};
const postedAt = async (instant: string, ...entries: Parameters<LedgerForTest['post']>): Promise<void> => {
  ledger.clock.advance(new Date(instant).getTime() - ledger.clock.now().getTime());
  await ledger.post(...entries);
};

test('a booking at the last millisecond of a day is in it, one at the first of the next is not', async () => {
  await postedAt('2026-11-21T15:59:59.999Z', anEntry({ amount: 100n }));
  await postedAt('2026-11-21T16:00:00.000Z', anEntry({ amount: 20n }));
  await postedAt('2026-11-22T15:59:59.999Z', anEntry({ from: '2002', to: '2001', amount: 3n }));

  expect(await lineOf(SATURDAY, '2002')).toEqual({ opening: '0.00', debit: '0.00', credit: '1.00', closing: '1.00' });
  expect(await lineOf(SUNDAY, '2002')).toEqual({ opening: '1.00', debit: '0.03', credit: '0.20', closing: '1.17' });
  expect(await lineOf(MONDAY, '2002')).toEqual({ opening: '1.17', debit: '0.00', credit: '0.00', closing: '1.17' });
  expect((await days.trialBalance(SUNDAY)).sums).toEqual([{ unit: 'CNY', debit: '0.23', credit: '0.23' }, { unit: 'CNY.QUOTA', debit: '0.00', credit: '0.00' }]);
});

test('by value date a day holds what was booked for it since, and not what was booked within it for a later one', async () => {
  const closingOf = async (day: typeof SATURDAY): Promise<string | undefined> => (await days.trialBalanceByValueDate(day)).lines.find(({ code }) => code === '2002')?.balance;
  await postedAt('2026-11-20T02:00:00Z', anEntry({ amount: 1n, valueDate: '2026-11-20' }));
  await postedAt('2026-11-21T02:00:00Z', anEntry({ amount: 100n, valueDate: SATURDAY }), anEntry({ amount: 20n, valueDate: SUNDAY }));
  await postedAt('2026-11-22T02:00:00Z', anEntry({ amount: 3_000n, valueDate: SATURDAY }), anEntry({ from: '2002', to: '2001', amount: 5n, valueDate: SUNDAY }));

  expect([await closingOf(SATURDAY), await closingOf(SUNDAY), await closingOf(MONDAY)]).toEqual(['31.01', '31.16', '31.16']);
  expect((await days.trialBalanceByValueDate(SUNDAY)).sums).toContainEqual({ unit: 'CNY', debit: '31.26', credit: '31.26' });
});

test('what is booked late for a day changes its value day and not its trial balance', async () => {
  const bank = await anAccount(ledger, { number: 3, accountClass: 'OWN_FUND', owner: 'OWN' });
  const account = (await ledger.accounts.findByCode(ledger.database, bank.code))!;
  await postedAt('2026-11-21T02:00:00Z', anEntry({ from: bank.code, to: '3001', amount: 1_000n, valueDate: SATURDAY }));
  await postedAt('2026-11-22T02:00:00Z', anEntry({ from: '5001', to: bank.code, amount: 15n, valueDate: SATURDAY }), anEntry({ from: bank.code, to: '3001', amount: 4n, valueDate: SUNDAY }));

  expect(await lineOf(SATURDAY, bank.code)).toMatchObject({ closing: '10.00' });
  expect(await lineOf(SUNDAY, bank.code)).toMatchObject({ opening: '10.00', closing: '9.89' });
  expect(await days.valueDay(account, SATURDAY)).toEqual({ opening: 0n, debit: 1_000n, credit: 15n });
  expect(await days.valueDay(account, SUNDAY)).toEqual({ opening: 985n, debit: 4n, credit: 0n });
});

test('an entry with two lines on one account counts both, in the day and in its lines', async () => {
  const bank = await anAccount(ledger, { number: 3, accountClass: 'OWN_FUND', owner: 'OWN' });
  const account = (await ledger.accounts.findByCode(ledger.database, bank.code))!;
  await ledger.post({ ...anEntry({ valueDate: SUNDAY }), lines: [{ account: bank.code, amount: 7n }, { account: bank.code, amount: 5n }, { account: '3001', amount: -12n }] });

  expect(await days.valueDay(account, SUNDAY)).toEqual({ opening: 0n, debit: 12n, credit: 0n });
  expect((await days.valueDayLines(account, { valueDate: SUNDAY, after: null, limit: 5 })).map((line) => line.amount)).toEqual([7n, 5n]);
});

test('in transit is listed by order as of the end of a value date, client and own money apart, and without what has arrived', async () => {
  const sent = (reference: string, valueDate: string, from = '1101.CLIENT', to = '2001') => anEntry({ reference, valueDate, from, to, amount: 100n });
  await ledger.post(sent('A', SATURDAY), sent('B', SATURDAY), sent('C', SUNDAY, '1101.OWN', '3001'), sent('A', SUNDAY, '2001', '1101.CLIENT'));
  const list = async (valueDate: string | null) =>
    (await new ListInTransit(ledger.database).execute({ valueDate, after: null, limit: 10 })).map(({ reference, client, own }) => ({ reference, client, own }));

  expect(await list(SATURDAY)).toEqual([{ reference: 'A', client: 100n, own: 0n }, { reference: 'B', client: 100n, own: 0n }]);
  expect(await list(null)).toEqual([{ reference: 'B', client: 100n, own: 0n }, { reference: 'C', client: 0n, own: 100n }]);
});
