import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aBankCsv, aBankCsvText, BETA_COLUMNS, gb18030 } from '../statement-files.builder.ts';
import { parseBankCsv } from './bank-csv.ts';
import { UnreadableStatement } from './bank-statement.ts';
import { faultsWithin } from './check-statement.ts';

const RUNS = 5_000;

function refusalOf(bytes: Uint8Array): string {
  try {
    parseBankCsv(bytes, BETA_COLUMNS);
  } catch (error) {
    if (error instanceof UnreadableStatement) return error.message;
    throw error;
  }
  return 'was read';
}

test('an export is read with exact amounts, the names as they were written, and our reference out of the purpose', () => {
  const bytes = aBankCsv({ entries: [{ amount: 123_456n, counterpartyName: '杭州云上商贸有限公司', purpose: 'TRANSFER 上划 "备付金",', reference: 'JINKU001202611202000000001' }] });
  const statement = parseBankCsv(bytes, BETA_COLUMNS);

  expect(statement).toMatchObject({ accountNumber: '6214830100000002', businessDate: '2026-11-20', opening: 10_000n, closing: 133_456n });
  expect(statement.entries).toEqual([expect.objectContaining({ amount: 123_456n, counterpartyName: '杭州云上商贸有限公司', reference: 'JINKU001202611202000000001', code: 'TRANSFER', balanceAfter: 133_456n })]);
  expect(faultsWithin(statement, '2026-11-20' as never)).toEqual([]);
});

test.each([
  ['in UTF-8', Buffer.from(aBankCsvText())],
  ['with a character cut in two', Buffer.concat([aBankCsv(), Buffer.of(0xd5)])],
  ['with a byte that begins no character', Buffer.concat([aBankCsv(), Buffer.of(0xff)])],
  ['without titles', gb18030('账号,1\r\n')],
  ['that is empty', Buffer.alloc(0)],
])('a file %s is refused', (_, bytes) => {
  expect(refusalOf(bytes)).not.toBe('was read');
});

test.each([
  ['a title that is there twice', '交易时间', '流水号'],
  ['a line with a field too many', '10:00:00', '10:00:00,0'],
  ['amounts on both sides', ',15.00,,', ',15.00,15.00,'],
  ['amounts on no side', ',15.00,,', ',,,'],
  ['an amount with a unit', ',15.00,,', ',15.00元,,'],
  ['an amount below zero', ',15.00,,', ',-15.00,,'],
  ['thousands grouped wrongly', ',15.00,,', ',"1,5.00",,'],
  ['a label that is there twice', '期末余额', '期初余额'],
  ['a quote that is never closed', 'R&D>"', 'R&D>'],
  ['a quote inside a field', '10:00:00', '10:"00"'],
  ['no number of the bank', 'B202611200001', ''],
  ['a date that does not exist', '2026-11-20,10', '2026-11-31,10'],
  ['a count that is none', '笔数,1', '笔数,one'],
  ['no account number', '账号,6214830100000002', '账号,'],
])('a file with %s is refused', (_, from, to) => {
  const text = aBankCsvText();
  expect(text).toContain(from);

  expect(refusalOf(gb18030(text.replace(from, to)))).not.toBe('was read');
});

test('whatever becomes of a file\'s bytes, it is refused or read as a statement whose entries are whole', () => {
  const file = aBankCsv({ entries: [{ amount: -1_500n }, { amount: 2_500n, purpose: '利息' }] });
  const mutation = fc.record({ at: fc.nat(file.length - 1), drop: fc.nat(20), insert: fc.oneof(fc.uint8Array({ maxLength: 6 }), fc.constantFrom(',', '"', '\r\n', '\n', '\r').map((text) => Buffer.from(text))) });
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      let bytes: Buffer = file;
      for (const { at, drop, insert } of mutations) bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + drop)]);
      if (refusalOf(bytes) !== 'was read') return;
      for (const entry of parseBankCsv(bytes, BETA_COLUMNS).entries) expect(entry.amount !== 0n && entry.bankReference !== '').toBe(true);
    }),
    { numRuns: RUNS },
  );
}, 30_000);
