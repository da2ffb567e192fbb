import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { UnreadableStatement } from '../../statement/domain/bank-statement.ts';
import { faultsOfBill, parsePayoutBill } from './payout-bill.ts';

const RUNS = 5_000;
const FILE = [
  'clearingHouse,UNIONPAY',
  'clearingDate,2026-11-20',
  'lineCount,2',
  'payoutTotal,1234.56',
  'returnTotal,34.56',
  'serialNumber,amount,status,railReference,executedAt',
  'JINKU001202611200000000001,1234.56,SUCCEEDED,UP1,2026-11-20T02:00:00.000Z',
  'JINKU001202611190000000007,34.56,RETURNED,UP2,2026-11-20T03:00:00.000Z',
  '',
].join('\n');

function refusalOf(bytes: Uint8Array): string {
  try {
    parsePayoutBill(bytes);
  } catch (error) {
    if (error instanceof UnreadableStatement) return error.message;
    throw error;
  }
  return 'was read';
}

test('a bill is read line by line, and adds up', () => {
  const bill = parsePayoutBill(Buffer.from(FILE));

  expect(bill).toMatchObject({ clearingHouse: 'UNIONPAY', clearingDate: '2026-11-20' });
  expect(bill.lines.map(({ serialNumber, amountMinor, status }) => [serialNumber.slice(-1), amountMinor, status])).toEqual([
    ['1', 123_456n, 'SUCCEEDED'],
    ['7', 3_456n, 'RETURNED'],
  ]);
  expect(faultsOfBill(bill)).toEqual([]);
});

test('a line left out is noticed by count and total', () => {
  const bill = parsePayoutBill(Buffer.from(FILE));

  expect(faultsOfBill({ ...bill, lines: bill.lines.slice(1) }).map(({ field }) => field)).toEqual(['lineCount', 'payoutTotal']);
});

test.each([
  ['another house', 'UNIONPAY', 'constructor'],
  ['another date', '2026-11-20\n', '2026-11-31\n'],
  ['a title missing', ',executedAt', ''],
  ['an amount of zero', ',34.56,R', ',0.00,R'],
  ['an amount in fen', ',1234.56,S', ',123456,S'],
  ['a status of its own', 'RETURNED', 'PENDING'],
  ['a number with a blank', 'JINKU001202611190', 'JINKU001 202611190'],
  ['an instant that is none', 'T03:00', 'T33:00'],
  ['a field too many', 'UP2', 'UP2,x'],
])('a bill with %s is refused', (_, from, to) => {
  expect(FILE).toContain(from);
  expect(refusalOf(Buffer.from(FILE.replace(from, to)))).not.toBe('was read');
});

test('whatever becomes of a bill\'s bytes, it is refused or read as lines that are whole', () => {
  const file = Buffer.from(FILE);
  const mutation = fc.record({ at: fc.nat(file.length - 1), drop: fc.nat(20), insert: fc.oneof(fc.uint8Array({ maxLength: 6 }), fc.constantFrom(',', '"', '\r\n', '\n').map((text) => Buffer.from(text))) });
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      let bytes: Buffer = file;
      for (const { at, drop, insert } of mutations) bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + drop)]);
      if (refusalOf(bytes) !== 'was read') return;
      for (const line of parsePayoutBill(bytes).lines) expect(line.amountMinor > 0n && line.serialNumber !== '').toBe(true);
    }),
    { numRuns: RUNS },
  );
}, 30_000);
