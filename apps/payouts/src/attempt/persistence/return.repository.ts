import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';
import type { MovedPayout } from '../../payout/domain/payout.ts';
import type { DecidedReturn, ReturnStanding, ToldReturn } from '../domain/payout-return.ts';

@Injectable()
export class ReturnRepository {
  /**
   * What is on record of these serial numbers. Payouts that succeeded are locked: their returns come one after the other. Those that are still on their
   * way are not, for a batch of outcomes may be at work on them in another order.
   */
  async lockStandings(tx: Tx, serialNumbers: readonly string[]): Promise<ReturnStanding[]> {
    const succeeded = await tx.query<ReturnStanding>(
      `SELECT a.serial_number AS "serialNumber", p.payout_id AS "payoutId", a.route AS house, a.conclusion, p.amount_minor AS "amountMinor", p.returned_minor AS "returnedMinor"
       FROM attempt a JOIN payout p ON p.payout_id = a.payout_id WHERE a.serial_number = ANY($1::text[]) AND a.conclusion = 'SUCCEEDED'
       ORDER BY p.payout_id FOR UPDATE OF p`,
      [serialNumbers],
    );
    const locked = new Set(succeeded.map(({ serialNumber }) => serialNumber));
    const others = serialNumbers.filter((serialNumber) => !locked.has(serialNumber));
    if (others.length === 0) return succeeded;
    // One that succeeds between these two statements counts as open: it is looked at again.
    const open = await tx.query<ReturnStanding>(
      `SELECT serial_number AS "serialNumber", payout_id AS "payoutId", route AS house, nullif(conclusion, 'SUCCEEDED') AS conclusion, amount_minor AS "amountMinor",
         0::bigint AS "returnedMinor"
       FROM attempt WHERE serial_number = ANY($1::text[])`,
      [others],
    );
    return [...succeeded, ...open];
  }

  /** Which of these notices are on record already. Ask after `lockStandings`: whoever recorded one meanwhile has committed then. */
  async known(tx: Tx, noticeIds: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ noticeId: string }>('SELECT notice_id AS "noticeId" FROM payout_return WHERE notice_id = ANY($1::text[])', [noticeIds]);
    return new Set(rows.map((row) => row.noticeId));
  }

  async insertMany(tx: Tx, returns: readonly DecidedReturn[], now: Date): Promise<void> {
    if (returns.length === 0) return;
    await tx.execute(
      `INSERT INTO payout_return (notice_id, serial_number, payout_id, amount_minor, is_definite, clearing_date, rail_reference, occurred_at, state, fault, told_at,
         decided_at)
       SELECT r.*, $11::timestamptz, CASE WHEN r.state <> 'WAITING' THEN $11::timestamptz END
       FROM unnest($1::text[], $2::text[], $3::uuid[], $4::bigint[], $5::boolean[], $6::date[], $7::text[], $8::timestamptz[], $9::text[], $10::text[])
         AS r(notice_id, serial_number, payout_id, amount_minor, is_definite, clearing_date, rail_reference, occurred_at, state, fault)`,
      [
        returns.map((r) => r.noticeId),
        returns.map((r) => r.serialNumber),
        returns.map((r) => r.payoutId),
        returns.map((r) => r.amountMinor),
        returns.map((r) => r.isDefinite),
        returns.map((r) => r.clearingDate),
        returns.map((r) => r.railReference),
        returns.map((r) => r.occurredAt),
        returns.map((r) => r.state),
        returns.map((r) => r.fault),
        now,
      ],
    );
  }

  /** Returns that wait although their attempt has its conclusion by now, in the order they were told. */
  async takeSettleable(tx: Tx, countMax: number): Promise<ToldReturn[]> {
    return tx.query(
      `SELECT r.notice_id AS "noticeId", r.serial_number AS "serialNumber", r.amount_minor AS "amountMinor", r.is_definite AS "isDefinite",
         r.clearing_date AS "clearingDate", r.rail_reference AS "railReference", r.occurred_at AS "occurredAt"
       FROM payout_return r JOIN attempt a ON a.serial_number = r.serial_number
       WHERE r.state = 'WAITING' AND a.conclusion IS NOT NULL ORDER BY r.told_at, r.notice_id LIMIT $1 FOR UPDATE OF r SKIP LOCKED`,
      [countMax],
    );
  }

  async settleMany(tx: Tx, returns: readonly DecidedReturn[], now: Date): Promise<void> {
    await tx.execute(
      `UPDATE payout_return r SET state = d.state, fault = d.fault, decided_at = $4
       FROM unnest($1::text[], $2::text[], $3::text[]) AS d(notice_id, state, fault) WHERE r.notice_id = d.notice_id AND r.state = 'WAITING'`,
      [returns.map((r) => r.noticeId), returns.map((r) => r.state), returns.map((r) => r.fault), now],
    );
  }

  /** Adds to what has come back of each payout, and counts each return as told. The schema refuses a total above the amount. */
  async addToPayouts(tx: Tx, returned: readonly { payoutId: string; totalMinor: bigint; count: number }[], now: Date): Promise<MovedPayout[]> {
    return tx.query(
      `UPDATE payout p SET returned_minor = r.total_minor, told_sequence = p.told_sequence + r.count, updated_at = $4
       FROM unnest($1::uuid[], $2::bigint[], $3::integer[]) AS r(payout_id, total_minor, count) WHERE p.payout_id = r.payout_id
       RETURNING p.payout_id AS "payoutId", p.client_id AS "clientId", p.request_id AS "requestId", p.shard, p.merchant_id AS "merchantId",
         p.business_line AS "businessLine", p.amount_minor AS "amountMinor", p.state, p.told_sequence AS "toldSequence", p.reason_code AS "reasonCode",
         p.rail_reference AS "railReference"`,
      [returned.map((r) => r.payoutId), returned.map((r) => r.totalMinor), returned.map((r) => r.count), now],
    );
  }
}
