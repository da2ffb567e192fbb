import type pg from 'pg';

import type { Place } from '../house/house.ts';
import { NO_MISPRINTS, type BillMisprints } from './bill-misprints.ts';
import type { Session } from './session-books.ts';

export interface BillLine {
  readonly serialNumber: string;
  readonly amountMinor: bigint;
  readonly railReference: string;
  readonly executedAt: Date;
  readonly status: 'SUCCEEDED' | 'RETURNED';
}

/** One page of a session's payout bill; the head is of the whole file. */
export interface BillPage {
  readonly clearingDate: string;
  readonly lineCount: number;
  readonly payoutsMinor: bigint;
  readonly returnsMinor: bigint;
  readonly lines: readonly BillLine[];
  readonly next: string | null;
}

/** So many lines of the longest kind are below the 64 KiB of an answer. */
const LINES_MAX = 200;
const CURSOR = /^[PR]-[A-Za-z0-9-]{1,64}$/;

/** True for what an earlier page gave as `next`. */
export function isBillCursor(text: string): boolean {
  return CURSOR.test(text);
}

/** All payouts by serial number, then all returns: the cursor is the last line's key. */
export async function billPage(
  pool: pg.Pool,
  place: Place,
  { session, after, misprints = NO_MISPRINTS }: { session: Session; after: string | null; misprints?: BillMisprints },
): Promise<BillPage> {
  const { clearingDate, payoutCount, payoutsMinor, returnsMinor } = session;
  const { rows } = await pool.query<{ key: string; serialNumber: string; amount: string; reference: string; at: Date; isReturn: boolean }>(
    `SELECT key, "serialNumber", amount, reference, at, "isReturn" FROM (
       (SELECT 'P-' || serial_number AS key, serial_number AS "serialNumber", amount_minor AS amount, rail_reference AS reference, concluded_at AS at,
               false AS "isReturn"
          FROM rails.payout_instruction
         WHERE clearing_house = $1 AND clearing_date = $2 AND $3 COLLATE "C" < 'R' AND serial_number > substr($3, 3)
           AND (status = 'SUCCEEDED' OR serial_number = ANY ($5)) AND serial_number <> ALL ($6)
         ORDER BY serial_number LIMIT $4)
       UNION ALL
       (SELECT 'R-' || r.return_id, r.serial_number, r.amount_minor, p.rail_reference, r.returned_at, true
          FROM rails.payout_return AS r JOIN rails.payout_instruction AS p USING (serial_number, clearing_house)
         WHERE r.clearing_house = $1 AND r.clearing_date = $2 AND ($3 COLLATE "C" < 'R' OR r.return_id::text > substr($3, 3))
         ORDER BY r.return_id::text LIMIT $4)) AS line
      ORDER BY "isReturn", CASE WHEN "isReturn" THEN substr(key, 3) ELSE "serialNumber" END LIMIT $4`,
    [place.clearingHouse, clearingDate, after ?? '', LINES_MAX + 1, misprints.invented, misprints.missing],
  );
  const lines = rows.slice(0, LINES_MAX).map(
    (row): BillLine => ({
      serialNumber: row.serialNumber,
      amountMinor: BigInt(row.amount),
      railReference: row.reference,
      executedAt: row.at,
      status: row.isReturn ? 'RETURNED' : 'SUCCEEDED',
    }),
  );
  const next = rows.length > LINES_MAX ? (rows[LINES_MAX - 1]?.key ?? null) : null;
  const lineCount = payoutCount + (await countReturns(pool, place, clearingDate)) + misprints.countAdded;
  return { clearingDate, lineCount, payoutsMinor: payoutsMinor + misprints.minorAdded, returnsMinor, lines: lines.flatMap(misprints.print), next };
}

async function countReturns(pool: pg.Pool, { clearingHouse }: Place, clearingDate: string): Promise<number> {
  const { rows } = await pool.query<{ count: number }>(
    'SELECT count(*)::int AS count FROM rails.payout_return WHERE clearing_house = $1 AND clearing_date = $2',
    [clearingHouse, clearingDate],
  );
  return rows[0]?.count ?? 0;
}
