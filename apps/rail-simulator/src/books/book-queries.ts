import type pg from 'pg';

import type { Code } from '../netsunion/codes.ts';
import { wireAmount } from '../netsunion/amount.ts';
import type { Place } from '../house/house.ts';
import { availableOf } from '../sessions/settlement.ts';
import type { InstructionRow } from './decide.ts';

interface StoredInstruction {
  readonly serial_number: string;
  readonly amount_minor: string;
  readonly status: InstructionRow['status'];
  readonly code: Code;
  readonly rail_reference: string;
  readonly clearing_date: string;
  readonly concluded_at: Date;
  readonly told_from: Date | null;
}

/** Null for a number that never came to a result: unknown ones, and those that were refused. */
export async function findConcluded(pool: pg.Pool, { clearingHouse }: Place, serialNumber: string): Promise<InstructionRow | null> {
  const { rows } = await pool.query<StoredInstruction>({
    name: 'find-concluded',
    text: `SELECT serial_number, amount_minor, status, code, rail_reference, clearing_date::text, concluded_at, told_from
             FROM rails.payout_instruction WHERE serial_number = $1 AND clearing_house = $2 AND status <> 'REFUSED'`,
    values: [serialNumber, clearingHouse],
  });
  const [row] = rows;
  if (row === undefined) return null;
  return {
    serialNumber: row.serial_number,
    amountMinor: BigInt(row.amount_minor),
    status: row.status,
    code: row.code,
    railReference: row.rail_reference,
    clearingDate: row.clearing_date,
    concludedAt: row.concluded_at,
    toldFrom: row.told_from,
  };
}

export interface QuotaReading {
  readonly mappedMinor: bigint;
  readonly availableMinor: bigint;
}

export async function readQuota(pool: pg.Pool, { clearingHouse, institution }: Place): Promise<QuotaReading> {
  const { rows } = await pool.query<{ mapped: string; consumed: string; receipts: string }>(
    `SELECT mapped_minor AS mapped, consumed_minor AS consumed, receipts_minor AS receipts FROM rails.quota
      WHERE clearing_house = $1 AND institution_id = $2`,
    [clearingHouse, institution],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`institution ${institution} has no quota row at ${clearingHouse}`);
  const figures = { mappedMinor: BigInt(row.mapped), consumedMinor: BigInt(row.consumed), receiptsMinor: BigInt(row.receipts) };
  return { mappedMinor: figures.mappedMinor, availableMinor: availableOf(figures) };
}

export interface BookPage {
  readonly status: string | null;
  readonly after: string;
  readonly limit: number;
}

/** One page of a house's books, by serial number. */
export async function pageOfInstructions(pool: pg.Pool, { clearingHouse }: Place, { status, after, limit }: BookPage): Promise<Record<string, unknown>[]> {
  const { rows } = await pool.query<Record<string, unknown> & { amount: string }>(
    `SELECT serial_number AS "serialNumber", amount_minor AS amount, payee_account AS "payeeAccount", payee_name AS "payeeName",
            bank_code AS "bankCode", purpose, business_line AS "businessLine", merchant_id AS "merchantId", status, code,
            rail_reference AS "railReference", clearing_date::text AS "clearingDate", concluded_at AS "concludedAt", fault
       FROM rails.payout_instruction
      WHERE serial_number > $1 AND ($2::text IS NULL OR status = $2) AND clearing_house = $4
      ORDER BY serial_number LIMIT $3`,
    [after, status, limit, clearingHouse],
  );
  return rows.map((row) => ({ ...row, amount: wireAmount(BigInt(row.amount)) }));
}

export async function readCounters(pool: pg.Pool, { clearingHouse }: Place): Promise<Record<string, unknown>> {
  const statuses = await pool.query<{ status: string; count: number; amount: string }>(
    'SELECT status, count(*)::int AS count, sum(amount_minor)::text AS amount FROM rails.payout_instruction WHERE clearing_house = $1 GROUP BY status',
    [clearingHouse],
  );
  const faults = await pool.query<{ fault: string; count: number }>(
    `SELECT fault, count(*)::int AS count
       FROM (SELECT fault FROM rails.payout_instruction WHERE clearing_house = $1 AND fault IS NOT NULL AND fault <> 'LATE_EXECUTION'
             UNION ALL SELECT fault FROM rails.forgotten_request WHERE clearing_house = $1) AS played
      GROUP BY fault`,
    [clearingHouse],
  );
  const notices = await pool.query<{ open: number; done: number; deliveries: number }>(
    `SELECT (count(*) FILTER (WHERE NOT is_done))::int AS open, (count(*) FILTER (WHERE is_done))::int AS done,
            coalesce(sum(deliveries), 0)::int AS deliveries
       FROM rails.notice WHERE clearing_house = $1`,
    [clearingHouse],
  );
  const of = (status: string): { count: number; amount: string } => {
    const found = statuses.rows.find((row) => row.status === status);
    return { count: found?.count ?? 0, amount: wireAmount(BigInt(found?.amount ?? 0)) };
  };
  return {
    executed: of('SUCCEEDED'),
    failed: of('FAILED'),
    refused: of('REFUSED'),
    faults: Object.fromEntries(faults.rows.map(({ fault, count }) => [fault, count])),
    notices: notices.rows[0],
  };
}
