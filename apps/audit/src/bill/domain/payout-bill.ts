import { businessDate, isBusinessDate, type BusinessDate } from '@jinku/calendar';
import type { PayoutFileLine } from '@jinku/connectors';
import { ClearingHouse } from '@jinku/contracts';
import type { Violation } from '@jinku/errors';
import { parseAmount, sum } from '@jinku/money';
import { unreadable } from '../../statement/domain/bank-statement.ts';
import { csvRows } from '../../statement/domain/csv-rows.ts';

/** A house's list of the payouts that one of its sessions settles, and of those that came back in it. */
export interface PayoutBill {
  readonly clearingHouse: ClearingHouse;
  readonly clearingDate: BusinessDate;
  readonly control: { readonly lineCount: number; readonly payoutTotal: bigint; readonly returnTotal: bigint };
  readonly lines: readonly PayoutFileLine[];
}

const HEAD = ['clearingHouse', 'clearingDate', 'lineCount', 'payoutTotal', 'returnTotal'] as const;
const TITLES = ['serialNumber', 'amount', 'status', 'railReference', 'executedAt'] as const;
const NUMBER = /^[A-Za-z0-9-]{1,64}$/;

/** The bill as a file: UTF-8, five rows of label and value, the titles, then one row a payout. Throws `UnreadableStatement`. */
export function parsePayoutBill(bytes: Uint8Array): PayoutBill {
  const rows = csvRows(utf8Of(bytes));
  const head = HEAD.map((label, index) => (rows[index]?.[0] === label && rows[index]?.length === 2 ? (rows[index]?.[1] ?? '') : refuse('file', `begins with the rows ${HEAD.join(', ')}`)));
  const [house = '', date = '', lineCount = '', payoutTotal = '', returnTotal = ''] = head;
  if (!Object.hasOwn(ClearingHouse, house)) throw unreadable('clearingHouse', `is ${Object.values(ClearingHouse).join(' or ')}`);
  if (!isBusinessDate(date) || date < '2000-01-01') throw unreadable('clearingDate', 'is a date');
  if (!/^\d{1,7}$/.test(lineCount)) throw unreadable('lineCount', 'is a number of lines');
  const titles = rows[HEAD.length] ?? [];
  if (titles.length !== TITLES.length || TITLES.some((title, index) => titles[index] !== title)) throw unreadable('file', `has the titles ${TITLES.join(', ')}`);
  return {
    clearingHouse: house as ClearingHouse,
    clearingDate: businessDate(date),
    control: {
      lineCount: Number(lineCount),
      payoutTotal: parseAmount(payoutTotal) ?? refuse('payoutTotal', 'is an amount'),
      returnTotal: parseAmount(returnTotal) ?? refuse('returnTotal', 'is an amount'),
    },
    lines: rows.slice(HEAD.length + 1).map(lineOf),
  };
}

/** Whether the lines are as many and as much as the head says. */
export function faultsOfBill({ control, lines }: PayoutBill): Violation[] {
  const totalOf = (status: PayoutFileLine['status']): bigint => sum(lines.filter((line) => line.status === status).map(({ amountMinor }) => amountMinor));
  const faults: Violation[] = [];
  if (lines.length !== control.lineCount) faults.push({ field: 'lineCount', rule: 'is the number of lines' });
  if (totalOf('SUCCEEDED') !== control.payoutTotal) faults.push({ field: 'payoutTotal', rule: 'is the sum of the lines that succeeded' });
  if (totalOf('RETURNED') !== control.returnTotal) faults.push({ field: 'returnTotal', rule: 'is the sum of the lines that were returned' });
  return faults;
}

function lineOf(row: readonly string[], index: number): PayoutFileLine {
  const place = `row[${index}]`;
  const [serialNumber = '', amount = '', status = '', railReference = '', executedAt = ''] = row;
  if (row.length !== TITLES.length) throw unreadable(place, `has ${TITLES.length} fields`);
  if (!NUMBER.test(serialNumber)) throw unreadable(`${place}.serialNumber`, 'is 1 to 64 letters, digits or -');
  if (!NUMBER.test(railReference)) throw unreadable(`${place}.railReference`, 'is 1 to 64 letters, digits or -');
  if (status !== 'SUCCEEDED' && status !== 'RETURNED') throw unreadable(`${place}.status`, 'is SUCCEEDED or RETURNED');
  const amountMinor = parseAmount(amount) ?? 0n;
  if (amountMinor <= 0n) throw unreadable(`${place}.amount`, 'is an amount above zero with two places');
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{3})?Z$/.test(executedAt) || Number.isNaN(Date.parse(executedAt)) || executedAt < '2000') throw unreadable(`${place}.executedAt`, 'is an instant in UTC');
  return { serialNumber, amountMinor, status, railReference, executedAt: new Date(executedAt) };
}

function utf8Of(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('file', 'is encoded in UTF-8');
  }
}

function refuse(field: string, rule: string): never {
  throw unreadable(field, rule);
}
