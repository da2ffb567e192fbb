import type pg from 'pg';

import type { ClearingHouse } from '../house/house.ts';
import type { NoticeRow } from './decide.ts';

export async function insertNotices(client: pg.ClientBase, clearingHouse: ClearingHouse, notices: readonly NoticeRow[]): Promise<void> {
  if (notices.length === 0) return;
  await client.query(
    `INSERT INTO rails.notice (clearing_house, notice_id, kind, serial_number, status, code, amount_minor, clearing_date, rail_reference,
       occurred_at, is_forged, takes_wanted, due_at, detail)
     SELECT $14, * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::date[], $8::text[],
       $9::timestamptz[], $10::boolean[], $11::int[], $12::timestamptz[], $13::jsonb[])`,
    [
      notices.map((notice) => notice.noticeId),
      notices.map((notice) => notice.kind),
      notices.map((notice) => notice.serialNumber),
      notices.map((notice) => notice.status),
      notices.map((notice) => notice.code),
      notices.map((notice) => notice.amountMinor?.toString() ?? null),
      notices.map((notice) => notice.clearingDate),
      notices.map((notice) => notice.railReference),
      notices.map((notice) => notice.occurredAt),
      notices.map((notice) => notice.isForged),
      notices.map((notice) => notice.takesWanted),
      notices.map((notice) => notice.dueAt),
      notices.map((notice) => (notice.detail === null ? null : JSON.stringify(notice.detail))),
      clearingHouse,
    ],
  );
}

export interface DueNotice extends NoticeRow {
  readonly takes: number;
  readonly deliveries: number;
}

/** One house's notices whose time has come, oldest first. */
export async function dueNotices(pool: pg.Pool, clearingHouse: ClearingHouse, { wallNow, limit }: { wallNow: Date; limit: number }): Promise<DueNotice[]> {
  const { rows } = await pool.query<Omit<DueNotice, 'amountMinor'> & { amountMinor: string | null }>(
    `SELECT notice_id AS "noticeId", kind, serial_number AS "serialNumber", status, code, amount_minor AS "amountMinor",
            clearing_date::text AS "clearingDate", rail_reference AS "railReference", occurred_at AS "occurredAt", is_forged AS "isForged",
            takes_wanted AS "takesWanted", due_at AS "dueAt", takes, deliveries, detail
       FROM rails.notice WHERE NOT is_done AND clearing_house = $1 AND due_at <= $2 ORDER BY due_at LIMIT $3`,
    [clearingHouse, wallNow, limit],
  );
  return rows.map((row) => ({ ...row, amountMinor: row.amountMinor === null ? null : BigInt(row.amountMinor) }));
}

export async function nextNoticeDue(pool: pg.Pool, clearingHouse: ClearingHouse): Promise<Date | null> {
  const { rows } = await pool.query<{ due: Date | null }>('SELECT min(due_at) AS due FROM rails.notice WHERE NOT is_done AND clearing_house = $1', [
    clearingHouse,
  ]);
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
