import { Injectable } from '@nestjs/common';
import type { AttemptConclusion, ClearingHouse } from '@jinku/contracts';
import type { RailAnswer } from '@jinku/connectors';
import type { Queryable, Tx } from '@jinku/persistence';
import type { NewAttempt, OpenAttempt } from '../domain/attempt.ts';
import type { OutcomeSource } from '../domain/attempt-outcome.ts';

/** The end of one attempt. */
export interface AttemptEnd {
  readonly serialNumber: string;
  readonly outcome: string;
  readonly conclusion: AttemptConclusion;
  readonly concludedBy: OutcomeSource;
  readonly code: string | null;
  readonly railReference: string | null;
  readonly clearingDate: string;
}

/** What an inquiry leaves on an attempt that stays open. */
export interface InquiryMark {
  readonly serialNumber: string;
  readonly inquireAt: Date;
  readonly inquiryCount: number;
  readonly notFoundCount: number;
}

export interface InquiryRecord {
  readonly serialNumber: string;
  readonly inquiryNumber: number;
  readonly askedAt: Date;
  readonly answer: Pick<RailAnswer, 'outcome' | 'code' | 'detail' | 'latencyMs'>;
}

const OPEN_COLUMNS = `payout_id AS "payoutId", attempt_number AS "attemptNumber", serial_number AS "serialNumber", shard, route AS house, merchant_id AS "merchantId",
  business_line AS "businessLine", amount_minor AS "amountMinor", grant_id AS "grantId", valid_until AS "validUntil",
  inquiry_count AS "inquiryCount", not_found_count AS "notFoundCount"`;

@Injectable()
export class AttemptRepository {
  /** One statement for a whole batch. A payout that has an open attempt already breaks the primary key and undoes the batch. */
  async insertMany(
    tx: Tx,
    attempts: readonly NewAttempt[],
    given: { route: string; shard: number; grantId: string; committedAt: Date; validUntil: Date },
  ): Promise<void> {
    await tx.execute(
      `WITH n AS MATERIALIZED (
         SELECT unnest($1::uuid[]) AS payout_id, unnest($2::integer[]) AS attempt_number, unnest($3::text[]) AS serial_number, unnest($4::bigint[]) AS amount_minor,
           unnest($5::bytea[]) AS request_hash, unnest($6::text[]) AS merchant_id, unnest($7::text[]) AS business_line, unnest($13::text[]) AS route_reason
       ), kept AS (
         INSERT INTO attempt (payout_id, attempt_number, serial_number, amount_minor, request_hash, route_reason, route, grant_id, committed_at, valid_until)
         SELECT payout_id, attempt_number, serial_number, amount_minor, request_hash, route_reason, $8, $9::uuid, $11, $12 FROM n
       )
       INSERT INTO open_attempt (payout_id, attempt_number, serial_number, amount_minor, merchant_id, business_line, route, grant_id, shard, valid_until)
       SELECT payout_id, attempt_number, serial_number, amount_minor, merchant_id, business_line, $8, $9::uuid, $10::smallint, $12 FROM n`,
      [
        attempts.map((a) => a.payoutId),
        attempts.map((a) => a.attemptNumber),
        attempts.map((a) => a.serialNumber),
        attempts.map((a) => a.amountMinor),
        attempts.map((a) => a.requestHash),
        attempts.map((a) => a.merchantId),
        attempts.map((a) => a.businessLine),
        given.route,
        given.grantId,
        given.shard,
        given.committedAt,
        given.validUntil,
        attempts.map((a) => a.routeReason),
      ],
    );
  }

  /** Takes the attempts that are still open. Whoever gets a row here, and nobody else, concludes that attempt. An amount, or a house, that differs leaves it open. */
  async close(tx: Tx, ends: readonly { serialNumber: string; amountMinor: bigint | null; house?: ClearingHouse }[]): Promise<OpenAttempt[]> {
    if (ends.length === 0) return [];
    return tx.query(
      `DELETE FROM open_attempt o USING unnest($1::text[], $2::bigint[], $3::text[]) AS e(told_serial_number, told_amount_minor, told_house)
       WHERE o.serial_number = e.told_serial_number AND o.serial_number = ANY($1::text[])
         AND (e.told_amount_minor IS NULL OR e.told_amount_minor = o.amount_minor) AND (e.told_house IS NULL OR e.told_house = o.route)
       RETURNING ${OPEN_COLUMNS}`,
      [ends.map((end) => end.serialNumber), ends.map((end) => end.amountMinor), ends.map((end) => end.house ?? null)],
    );
  }

  async conclude(tx: Tx, ends: readonly (AttemptEnd & { payoutId: string; attemptNumber: number })[], now: Date): Promise<number> {
    return tx.execute(
      `UPDATE attempt a SET outcome = e.outcome, conclusion = e.conclusion, concluded_by = e.concluded_by, code = e.code,
         rail_reference = e.rail_reference, clearing_date = e.clearing_date, concluded_at = $9
       FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::date[])
         AS e(payout_id, attempt_number, outcome, conclusion, concluded_by, code, rail_reference, clearing_date)
       WHERE a.payout_id = e.payout_id AND a.attempt_number = e.attempt_number AND a.conclusion IS NULL`,
      [
        ends.map((e) => e.payoutId),
        ends.map((e) => e.attemptNumber),
        ends.map((e) => e.outcome),
        ends.map((e) => e.conclusion),
        ends.map((e) => e.concludedBy),
        ends.map((e) => e.code),
        ends.map((e) => e.railReference),
        ends.map((e) => e.clearingDate),
        now,
      ],
    );
  }

  /** Sets when attempts without a definite answer are asked about; answers those that are still open, with how often each was asked before. */
  async scheduleInquiries(tx: Tx, due: readonly { serialNumber: string; inquireAt: Date }[]): Promise<{ payoutId: string; serialNumber: string }[]> {
    if (due.length === 0) return [];
    return tx.query(
      `UPDATE open_attempt o SET inquire_at = d.inquire_at FROM unnest($1::text[], $2::timestamptz[]) AS d(told_serial_number, inquire_at)
       WHERE o.serial_number = d.told_serial_number AND o.serial_number = ANY($1::text[])
       RETURNING o.payout_id AS "payoutId", o.serial_number AS "serialNumber"`,
      [due.map((one) => one.serialNumber), due.map((one) => one.inquireAt)],
    );
  }

  /**
   * Leases due attempts to one inquirer: their next inquiry is put off for a while, so that nobody else asks meanwhile and a crash only delays it.
   */
  async takeDue(database: Queryable, given: { house: ClearingHouse; shards: readonly number[]; wallNow: Date; until: Date; countMax: number }): Promise<OpenAttempt[]> {
    return database.query(
      `UPDATE open_attempt SET inquire_at = $3 WHERE payout_id = ANY(ARRAY(
         SELECT payout_id FROM open_attempt WHERE inquire_at <= $2 AND route = $5 AND shard = ANY($1::smallint[]) ORDER BY inquire_at LIMIT $4 FOR UPDATE SKIP LOCKED))
       RETURNING ${OPEN_COLUMNS}`,
      [given.shards, given.wallNow, given.until, given.countMax, given.house],
    );
  }

  /** Notes what inquiries left open. An attempt that was concluded or asked about by another meanwhile is left as it is. */
  async markInquired(tx: Tx, marks: readonly InquiryMark[]): Promise<string[]> {
    if (marks.length === 0) return [];
    const rows = await tx.query<{ payoutId: string }>(
      `UPDATE open_attempt o SET inquire_at = m.inquire_at, inquiry_count = m.inquiry_count, not_found_count = m.not_found_count
       FROM unnest($1::text[], $2::timestamptz[], $3::integer[], $4::integer[]) AS m(told_serial_number, inquire_at, inquiry_count, not_found_count)
       WHERE o.serial_number = m.told_serial_number AND o.inquiry_count = m.inquiry_count - 1 RETURNING o.payout_id AS "payoutId"`,
      [marks.map((m) => m.serialNumber), marks.map((m) => m.inquireAt), marks.map((m) => m.inquiryCount), marks.map((m) => m.notFoundCount)],
    );
    return rows.map((row) => row.payoutId);
  }

  /** Every inquiry is kept. One that another process has recorded under the same number is dropped: both asked after the same state. */
  async insertInquiries(tx: Tx, inquiries: readonly InquiryRecord[]): Promise<void> {
    await tx.execute(
      `INSERT INTO inquiry (serial_number, inquiry_number, outcome, code, detail, asked_at, latency_ms)
       SELECT * FROM unnest($1::text[], $2::integer[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::integer[])
       ON CONFLICT (serial_number, inquiry_number) DO NOTHING`,
      [
        inquiries.map((i) => i.serialNumber),
        inquiries.map((i) => i.inquiryNumber),
        inquiries.map((i) => i.answer.outcome),
        inquiries.map((i) => i.answer.code),
        inquiries.map((i) => i.answer.detail),
        inquiries.map((i) => i.askedAt),
        inquiries.map((i) => Math.round(i.answer.latencyMs)),
      ],
    );
  }

  /** Attempts that nobody waits for any more: all of a shard when its leader is new, else those past their validity. They are asked about, never sent. */
  async adoptOrphans(database: Queryable, given: { shard: number; validBefore: Date | null; inquireAt: Date }): Promise<number> {
    const rows = await database.query(
      `UPDATE open_attempt SET inquire_at = $3 WHERE shard = $1 AND inquire_at IS NULL AND ($2::timestamptz IS NULL OR valid_until < $2) RETURNING 1`,
      [given.shard, given.validBefore, given.inquireAt],
    );
    return rows.length;
  }

  async lockOpenOfPayout(tx: Tx, payoutId: string): Promise<(OpenAttempt & { isWaited: boolean }) | null> {
    const [row] = await tx.query<OpenAttempt & { isWaited: boolean }>(
      `SELECT ${OPEN_COLUMNS}, inquire_at IS NULL AS "isWaited" FROM open_attempt WHERE payout_id = $1 FOR UPDATE`,
      [payoutId],
    );
    return row ?? null;
  }

  /** What is on record about serial numbers, open or concluded. */
  async recorded(
    tx: Tx,
    serialNumbers: readonly string[],
  ): Promise<{ serialNumber: string; payoutId: string; amountMinor: bigint; conclusion: AttemptConclusion | null }[]> {
    return tx.query(
      `SELECT serial_number AS "serialNumber", payout_id AS "payoutId", amount_minor AS "amountMinor", conclusion
       FROM attempt WHERE serial_number = ANY($1::text[])`,
      [serialNumbers],
    );
  }

  async insertConflicts(
    tx: Tx,
    conflicts: readonly {
      serialNumber: string;
      source: OutcomeSource;
      toldOutcome: string;
      toldAmountMinor: bigint | null;
      conclusion: string | null;
      amountMinor: bigint | null;
    }[],
    now: Date,
  ): Promise<void> {
    await tx.execute(
      `INSERT INTO outcome_conflict (serial_number, source, told_outcome, told_amount_minor, recorded_conclusion, recorded_amount_minor, noticed_at)
       SELECT c.*, $7 FROM unnest($1::text[], $2::text[], $3::text[], $4::bigint[], $5::text[], $6::bigint[]) AS c`,
      [
        conflicts.map((c) => c.serialNumber),
        conflicts.map((c) => c.source),
        conflicts.map((c) => c.toldOutcome),
        conflicts.map((c) => c.toldAmountMinor),
        conflicts.map((c) => c.conclusion),
        conflicts.map((c) => c.amountMinor),
        now,
      ],
    );
  }
}
