import type pg from 'pg';

import type { FaultPlan } from '../faults/fault-plan.ts';
import type { Place } from '../house/house.ts';
import { minorOf } from '../netsunion/amount.ts';
import type { BillLine } from './payout-bill.ts';

/** Where one bill errs, and what that adds to its head. */
export interface BillMisprints {
  /** Serial numbers that are left out. */
  readonly missing: readonly string[];
  /** Serial numbers of failed payouts that stand there. */
  readonly invented: readonly string[];
  readonly countAdded: number;
  readonly minorAdded: bigint;
  /** A line of the books as it is printed: once, twice, or with another amount. */
  readonly print: (line: BillLine) => BillLine[];
}

export const NO_MISPRINTS: BillMisprints = { missing: [], invented: [], countAdded: 0, minorAdded: 0n, print: (line) => [line] };

const ONE_YUAN = 100n;

/** The same on each page of a bill: a pure function of the plan and of what the closed session holds. */
export async function misprintsOf(
  pool: pg.Pool,
  place: Place,
  { clearingDate, plan }: { clearingDate: string; plan: FaultPlan },
): Promise<BillMisprints> {
  const drawn: { readonly serialNumber: string; readonly amountMinor: bigint; readonly fault: string }[] = [];
  for (const entry of plan.bills.filter((one) => one.clearingDate === undefined || one.clearingDate === clearingDate)) {
    const taken = drawn.map(({ serialNumber }) => serialNumber);
    const line = await drawLine(pool, place, { ...entry, clearingDate, seed: plan.seed, taken });
    if (line !== null) drawn.push({ ...line, fault: entry.fault });
  }
  if (drawn.length === 0) return NO_MISPRINTS;
  const of = (fault: string): typeof drawn => drawn.filter((line) => line.fault === fault);
  const numbersOf = (fault: string): string[] => of(fault).map(({ serialNumber }) => serialNumber);
  const sumOf = (fault: string): bigint => of(fault).reduce((sum, { amountMinor }) => sum + amountMinor, 0n);
  const [doubled, changed] = [new Set(numbersOf('LINE_DOUBLED')), new Set(numbersOf('LINE_CHANGED'))];
  return {
    missing: numbersOf('LINE_MISSING'),
    invented: numbersOf('STATUS_CHANGED'),
    countAdded: doubled.size + of('STATUS_CHANGED').length - of('LINE_MISSING').length,
    minorAdded: sumOf('LINE_DOUBLED') + sumOf('STATUS_CHANGED') - sumOf('LINE_MISSING') + ONE_YUAN * BigInt(changed.size),
    print: (line) => {
      if (line.status === 'RETURNED') return [line];
      if (doubled.has(line.serialNumber)) return [line, line];
      return [changed.has(line.serialNumber) ? { ...line, amountMinor: line.amountMinor + ONE_YUAN } : line];
    },
  };
}

interface Draw {
  readonly clearingDate: string;
  readonly seed: string;
  readonly fault: string;
  readonly payeeAccount?: string | undefined;
  readonly amount?: string | undefined;
  /** Lines that err already. */
  readonly taken: readonly string[];
}

/** By the seed, the payee and the amount, never by the serial number; only of payouts that are alike the first number is taken. */
async function drawLine(
  pool: pg.Pool,
  { clearingHouse }: Place,
  { clearingDate, seed, fault, payeeAccount, amount, taken }: Draw,
): Promise<{ serialNumber: string; amountMinor: bigint } | null> {
  const { rows } = await pool.query<{ serialNumber: string; amount: string }>(
    `SELECT serial_number AS "serialNumber", amount_minor AS amount FROM rails.payout_instruction
      WHERE clearing_house = $1 AND clearing_date = $2 AND status = $3 AND serial_number <> ALL ($4)
        AND ($5::text IS NULL OR payee_account = $5) AND ($6::bigint IS NULL OR amount_minor = $6)
      ORDER BY sha256(convert_to($7 || ' ' || payee_account || ' ' || amount_minor, 'UTF8')), serial_number LIMIT 1`,
    [
      ...[clearingHouse, clearingDate, fault === 'STATUS_CHANGED' ? 'FAILED' : 'SUCCEEDED', taken],
      ...[payeeAccount ?? null, amount === undefined ? null : (minorOf(amount)?.toString() ?? '0'), `${seed} ${fault}`],
    ],
  );
  const [row] = rows;
  return row === undefined ? null : { serialNumber: row.serialNumber, amountMinor: BigInt(row.amount) };
}
