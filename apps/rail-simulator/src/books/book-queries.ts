import type pg from 'pg';

import type { Code } from '../netsunion/codes.ts';
import { wireAmount } from '../netsunion/amount.ts';
import type { InstructionRow, NoticeRow } from './decide.ts';

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
export async function findConcluded(pool: pg.Pool, serialNumber: string): Promise<InstructionRow | null> {
  const { rows } = await pool.query<StoredInstruction>({
    name: 'find-concluded',
    text: `SELECT serial_number, amount_minor, status, code, rail_reference, clearing_date::text, concluded_at, told_from
             FROM rails.payout_instruction WHERE serial_number = $1 AND status <> 'REFUSED'`,
    values: [serialNumber],
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

export interface QuotaFigures {
  readonly mappedQuota: string;
  readonly availableQuota: string;
}

export async function readQuota(pool: pg.Pool, institution: string): Promise<QuotaFigures> {
  const { rows } = await pool.query<{ mapped: string; available: string }>(
    'SELECT mapped_minor AS mapped, mapped_minor - consumed_minor AS available FROM rails.quota WHERE institution_id = $1',
    [institution],
  );
  const [row] = rows;
  if (row === undefined) throw new Error(`institution ${institution} has no quota row`);
  return { mappedQuota: wireAmount(BigInt(row.mapped)), availableQuota: wireAmount(BigInt(row.available)) };
}

export interface BookPage {
  readonly status: string | null;
  readonly after: string;
  readonly limit: number;
}

/** One page of the books, by serial number. */
export async function pageOfInstructions(pool: pg.Pool, { status, after, limit }: BookPage): Promise<Record<string, unknown>[]> {
  const { rows } = await pool.query<Record<string, unknown> & { amount: string }>(
    `SELECT serial_number AS "serialNumber", amount_minor AS amount, payee_account AS "payeeAccount", payee_name AS "payeeName",
            bank_code AS "bankCode", purpose, business_line AS "businessLine", merchant_id AS "merchantId", status, code,
            rail_reference AS "railReference", clearing_date::text AS "clearingDate", concluded_at AS "concludedAt", fault
       FROM rails.payout_instruction
      WHERE serial_number > $1 AND ($2::text IS NULL OR status = $2)
      ORDER BY serial_number LIMIT $3`,
    [after, status, limit],
  );
  return rows.map((row) => ({ ...row, amount: wireAmount(BigInt(row.amount)) }));
}

export async function readCounters(pool: pg.Pool): Promise<Record<string, unknown>> {
  const statuses = await pool.query<{ status: string; count: number; amount: string }>(
    'SELECT status, count(*)::int AS count, sum(amount_minor)::text AS amount FROM rails.payout_instruction GROUP BY status',
  );
  const faults = await pool.query<{ fault: string; count: number }>(
    `SELECT fault, count(*)::int AS count
       FROM (SELECT fault FROM rails.payout_instruction WHERE fault IS NOT NULL AND fault <> 'LATE_EXECUTION'
             UNION ALL SELECT fault FROM rails.forgotten_request) AS played
      GROUP BY fault`,
  );
  const notices = await pool.query<{ open: number; done: number; deliveries: number }>(
    `SELECT (count(*) FILTER (WHERE NOT is_done))::int AS open, (count(*) FILTER (WHERE is_done))::int AS done,
            coalesce(sum(deliveries), 0)::int AS deliveries
       FROM rails.notice`,
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

export interface DueNotice extends NoticeRow {
  readonly takes: number;
  readonly deliveries: number;
}

/** The notices whose time has come, oldest first. */
export async function dueNotices(pool: pg.Pool, wallNow: Date, limit: number): Promise<DueNotice[]> {
  const { rows } = await pool.query<Omit<DueNotice, 'amountMinor'> & { amountMinor: string | null }>(
    `SELECT notice_id AS "noticeId", kind, serial_number AS "serialNumber", status, code, amount_minor AS "amountMinor",
            clearing_date::text AS "clearingDate", rail_reference AS "railReference", occurred_at AS "occurredAt", is_forged AS "isForged",
            takes_wanted AS "takesWanted", due_at AS "dueAt", takes, deliveries
       FROM rails.notice WHERE NOT is_done AND due_at <= $1 ORDER BY due_at LIMIT $2`,
    [wallNow, limit],
  );
  return rows.map((row) => ({ ...row, amountMinor: row.amountMinor === null ? null : BigInt(row.amountMinor) }));
}

export async function nextNoticeDue(pool: pg.Pool): Promise<Date | null> {
  const { rows } = await pool.query<{ due: Date | null }>('SELECT min(due_at) AS due FROM rails.notice WHERE NOT is_done');
  return rows[0]?.due ?? null;
}

export interface DeliveryResult {
  readonly noticeId: string;
  readonly wasTaken: boolean;
  readonly isDone: boolean;
  readonly httpStatus: number | null;
  readonly dueAt: Date;
}

export async function recordDeliveries(pool: pg.Pool, results: readonly DeliveryResult[]): Promise<void> {
  await pool.query(
    `UPDATE rails.notice AS n
        SET deliveries = deliveries + 1, takes = takes + (u.was_taken)::int, is_done = u.is_done,
            last_http_status = u.http_status, due_at = u.due_at
       FROM unnest($1::uuid[], $2::boolean[], $3::boolean[], $4::int[], $5::timestamptz[])
              AS u (notice_id, was_taken, is_done, http_status, due_at)
      WHERE n.notice_id = u.notice_id`,
    [
      results.map((result) => result.noticeId),
      results.map((result) => result.wasTaken),
      results.map((result) => result.isDone),
      results.map((result) => result.httpStatus),
      results.map((result) => result.dueAt),
    ],
  );
}
