import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';
import type { Breaker, BreakerEvent, BreakerState } from '../domain/breaker.ts';
import { routeOf } from '../domain/route-key.ts';

/** One change of a breaker, as it is kept for ever. */
export interface BreakerChange {
  readonly key: string;
  readonly epoch: bigint;
  readonly event: BreakerEvent;
  readonly from: BreakerState;
  readonly to: BreakerState;
  readonly stage: number;
  readonly reason: string | null;
  readonly changedBy: string | null;
  readonly at: Date;
}

interface BreakerRow extends Omit<Breaker, 'force'> {
  readonly forcedBy: string | null;
  readonly forcedApprovedBy: string | null;
  readonly forcedReason: string | null;
  readonly forcedUntil: Date | null;
}

const COLUMNS = `key, state, epoch, openings, open_until AS "openUntil", stage, tokens_taken AS "tokensTaken", tokens_until AS "tokensUntil",
  good_count AS "goodCount", trouble_count AS "troubleCount", reason, forced_by AS "forcedBy", forced_approved_by AS "forcedApprovedBy", forced_reason AS "forcedReason",
  forced_until AS "forcedUntil"`;

@Injectable()
export class BreakerRepository {
  /** Those that were ever broken or forced. */
  async list(database: Queryable): Promise<Breaker[]> {
    return (await database.query<BreakerRow>(`SELECT ${COLUMNS} FROM breaker ORDER BY key`)).map((row) => breakerOf(row));
  }

  /** Null for one that never had a row; two that make the first row at once meet at its key. */
  async lock(tx: Tx, key: string): Promise<Breaker | null> {
    const [row] = await tx.query<BreakerRow>(`SELECT ${COLUMNS} FROM breaker WHERE key = $1 FOR UPDATE`, [key]);
    return row === undefined ? null : breakerOf(row);
  }

  /** Writes a breaker over the one of this epoch; false when another writer changed it first. Epoch 0 is one without a row. */
  async put(tx: Tx, breaker: Breaker, given: { overEpoch: bigint; now: Date }): Promise<boolean> {
    const { house, bankCode } = routeOf(breaker.key);
    const { force } = breaker;
    const count = await tx.execute(
      `INSERT INTO breaker AS b (key, clearing_house, bank_code, state, epoch, openings, open_until, stage, tokens_taken, tokens_until, good_count, trouble_count, reason,
         forced_by, forced_approved_by, forced_reason, forced_until, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $19)
       ON CONFLICT (key) DO UPDATE SET state = excluded.state, epoch = excluded.epoch, openings = excluded.openings, open_until = excluded.open_until,
         stage = excluded.stage, tokens_taken = excluded.tokens_taken, tokens_until = excluded.tokens_until, good_count = excluded.good_count,
         trouble_count = excluded.trouble_count, reason = excluded.reason, forced_by = excluded.forced_by, forced_approved_by = excluded.forced_approved_by,
         forced_reason = excluded.forced_reason, forced_until = excluded.forced_until, changed_at = excluded.changed_at
       WHERE b.epoch = $18`,
      [
        breaker.key, house, bankCode, breaker.state, breaker.epoch, breaker.openings, breaker.openUntil, breaker.stage, breaker.tokensTaken, breaker.tokensUntil,
        breaker.goodCount, breaker.troubleCount, breaker.reason, force?.by ?? null, force?.approvedBy ?? null, force?.reason ?? null, force?.until ?? null, given.overEpoch, given.now,
      ],
    );
    return count === 1;
  }

  async insertChange(tx: Tx, change: BreakerChange): Promise<void> {
    await tx.execute(
      `INSERT INTO breaker_event (key, epoch, event, from_state, to_state, stage, reason, changed_by, at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
      [change.key, change.epoch, change.event, change.from, change.to, change.stage, change.reason, change.changedBy, change.at],
    );
  }

  /** Leases so many tokens, or none when another claim took them first or the breaker has moved on. `until` is when they lapse. */
  async takeTokens(tx: Tx, wanted: { key: string; epoch: bigint; count: number; tokensMax: number; wallNow: Date; until: Date }): Promise<boolean> {
    const count = await tx.execute(
      `UPDATE breaker SET tokens_taken = CASE WHEN tokens_until <= $5 THEN 0 ELSE tokens_taken END + $3, tokens_until = $6
       WHERE key = $1 AND epoch = $2 AND state = 'HALF_OPEN' AND CASE WHEN tokens_until <= $5 THEN 0 ELSE tokens_taken END + $3 <= $4`,
      [wanted.key, wanted.epoch, wanted.count, wanted.tokensMax, wanted.wallNow, wanted.until],
    );
    return count === 1;
  }

  /** The latest first. */
  async changes(database: Queryable, given: { key: string; limit: number }): Promise<BreakerChange[]> {
    return database.query(
      `SELECT key, epoch, event, from_state AS "from", to_state AS "to", stage, reason, changed_by AS "changedBy", at
       FROM breaker_event WHERE key = $1 ORDER BY epoch DESC LIMIT $2`,
      [given.key, given.limit],
    );
  }

  /** Whether this is a route that payouts may take: a house, or a bank we know at one. */
  async isRoute(database: Queryable, { house, bankCode }: { house: ClearingHouse; bankCode: string | null }): Promise<boolean> {
    const rows = await database.query(
      'SELECT 1 FROM route WHERE route = $1 AND ($2::text IS NULL OR EXISTS (SELECT 1 FROM payee_bank WHERE bank_code = $2))',
      [house, bankCode],
    );
    return rows.length === 1;
  }
}

function breakerOf({ forcedBy, forcedApprovedBy, forcedReason, forcedUntil, ...breaker }: BreakerRow): Breaker {
  const isForced = forcedBy !== null && forcedApprovedBy !== null && forcedReason !== null && forcedUntil !== null;
  return { ...breaker, force: isForced ? { by: forcedBy, approvedBy: forcedApprovedBy, reason: forcedReason, until: forcedUntil } : null };
}
