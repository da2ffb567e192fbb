import { expect, test } from '@jest/globals';
import type { BusinessDate } from '@jinku/calendar';
import { aBankCsv, aCamt053, BETA_COLUMNS } from '../statement-files.builder.ts';
import { parseBankCsv } from './bank-csv.ts';
import type { BankStatement } from './bank-statement.ts';
import { parseCamt053 } from './camt053.ts';
import { faultsBetween, faultsWithin } from './check-statement.ts';

const DATE = '2026-11-20' as BusinessDate;
const TWO = { entries: [{ amount: -1_500n }, { amount: 2_500n }] };

function fieldsOf(statement: BankStatement, date: BusinessDate = DATE): string[] {
  return faultsWithin(statement, date).map(({ field }) => field);
}

test('a statement that adds up has no fault', () => {
  expect(fieldsOf(parseCamt053(aCamt053(TWO)))).toEqual([]);
  expect(fieldsOf(parseBankCsv(aBankCsv(TWO), BETA_COLUMNS))).toEqual([]);
});

test('a line left out is noticed by the closing balance, the totals, the counts and the running balance', () => {
  const camt = parseCamt053(aCamt053(TWO));
  const csv = parseBankCsv(aBankCsv(TWO), BETA_COLUMNS);

  expect(fieldsOf({ ...camt, entries: camt.entries.slice(1) })).toEqual(['closing', 'control.debit', 'control.debitCount']);
  expect(fieldsOf({ ...csv, entries: csv.entries.slice(1) })).toEqual(['closing', 'control.debit', 'control.count', 'entries[0].balanceAfter']);
});

test('a line that is there twice is noticed by its number, even where everything adds up', () => {
  const file = aCamt053({ entries: [{ amount: 700n, bankReference: 'B1' }, { amount: 700n, bankReference: 'B1' }] });

  expect(fieldsOf(parseCamt053(file))).toEqual(['entries[1].bankReference']);
});

test('a line in another place is noticed by the running balance', () => {
  const csv = parseBankCsv(aBankCsv(TWO), BETA_COLUMNS);

  expect(fieldsOf({ ...csv, entries: csv.entries.toReversed() })).toEqual(['entries[0].balanceAfter']);
});

test('a statement of another day is not the one that was asked for', () => {
  expect(fieldsOf(parseCamt053(aCamt053()), '2026-11-21' as BusinessDate)).toEqual(['businessDate']);
});

test('a statement follows on from the one before and leads to the one after, whichever came first', () => {
  const statement = { opening: 100n, closing: 70n };
  const before = (closing: bigint): { businessDate: string; closing: bigint } => ({ businessDate: '2026-11-19', closing });
  const after = (opening: bigint): { businessDate: string; opening: bigint } => ({ businessDate: '2026-11-21', opening });

  expect(faultsBetween(statement, { previous: null, next: null })).toEqual([]);
  expect(faultsBetween(statement, { previous: before(100n), next: after(70n) })).toEqual([]);
  expect(faultsBetween(statement, { previous: before(99n), next: after(71n) })).toEqual([
    { field: 'opening', rule: 'is the closing balance of 2026-11-19' },
    { field: 'closing', rule: 'is the opening balance of 2026-11-21' },
  ]);
});
