import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import { payeeAndAmount, type EarlierPayout, type WatchedPayout } from '../domain/duplicate-suspicion.ts';

@Injectable()
export class DuplicateRepository {
  /**
   * Remembers the last payout of each payee and amount of a batch, and answers those that were remembered before: one statement. In the order of the
   * keys, or two batches may deadlock.
   */
  async watch(tx: Tx, payouts: readonly WatchedPayout[], now: Date): Promise<EarlierPayout[]> {
    const lastOfEach = [...new Map(payouts.map((payout) => [payeeAndAmount(payout), payout])).entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, payout]) => payout);
    const rows = await tx.query<{ [K in keyof EarlierPayout]: EarlierPayout[K] | null }>(
      `INSERT INTO watched_payee AS w (payee_hash, amount_minor, payout_id, admitted_at)
       SELECT n.*, $4 FROM unnest($1::text[], $2::bigint[], $3::uuid[]) AS n
       ON CONFLICT (payee_hash, amount_minor) DO UPDATE SET payout_id = excluded.payout_id, admitted_at = excluded.admitted_at
       RETURNING old.payee_hash AS "payeeHash", old.amount_minor AS "amountMinor", old.payout_id AS "payoutId", old.admitted_at AS "admittedAt"`,
      [lastOfEach.map((p) => p.payeeHash), lastOfEach.map((p) => p.amountMinor), lastOfEach.map((p) => p.payoutId), now],
    );
    return rows.filter((row): row is EarlierPayout => row.payoutId !== null);
  }

  async insertSuspicions(tx: Tx, suspicions: ReadonlyMap<string, string>, now: Date): Promise<void> {
    await tx.execute(
      'INSERT INTO duplicate_suspicion (payout_id, earlier_payout_id, suspected_at) SELECT s.*, $3 FROM unnest($1::uuid[], $2::uuid[]) AS s',
      [[...suspicions.keys()], [...suspicions.values()], now],
    );
  }

  /** Forgets what is older than every window; answers how many. */
  async forget(database: Queryable, given: { before: Date; countMax: number }): Promise<number> {
    const rows = await database.query(
      `DELETE FROM watched_payee WHERE ctid = ANY(ARRAY(SELECT ctid FROM watched_payee WHERE admitted_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)) RETURNING 1`,
      [given.before, given.countMax],
    );
    return rows.length;
  }
}
