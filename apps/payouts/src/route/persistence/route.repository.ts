import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import type { Queryable, Tx } from '@jinku/persistence';
import type { BankRule, HouseStanding } from '../domain/route-choice.ts';

export interface Route {
  readonly route: ClearingHouse;
  readonly state: 'OPEN' | 'STOPPED';
  readonly reason: string | null;
  readonly changedBy: string | null;
  readonly changedAt: Date | null;
  readonly perItemLimitMinor: bigint | null;
}

/** A bank that a house does not reach, or takes smaller payouts for. */
export interface RouteBank extends BankRule {
  readonly route: ClearingHouse;
  readonly bankCode: string;
}

@Injectable()
export class RouteRepository {
  async list(database: Queryable): Promise<Route[]> {
    return database.query(
      'SELECT route, state, reason, changed_by AS "changedBy", changed_at AS "changedAt", per_item_limit_minor AS "perItemLimitMinor" FROM route ORDER BY route',
    );
  }

  /** True when this call stopped it. */
  async stop(tx: Tx, given: { route: string; reason: string; by: string | null; now: Date }): Promise<boolean> {
    const count = await tx.execute(`UPDATE route SET state = 'STOPPED', reason = $2, changed_by = $3, changed_at = $4 WHERE route = $1 AND state = 'OPEN'`, [
      given.route,
      given.reason,
      given.by,
      given.now,
    ]);
    return count === 1;
  }

  /** True when this call opened it. */
  async open(tx: Tx, given: { route: string; reason: string; by: string; now: Date }): Promise<boolean> {
    const count = await tx.execute(`UPDATE route SET state = 'OPEN', reason = $2, changed_by = $3, changed_at = $4 WHERE route = $1 AND state = 'STOPPED'`, [
      given.route,
      given.reason,
      given.by,
      given.now,
    ]);
    return count === 1;
  }

  async setLimit(tx: Tx, { route, perItemLimitMinor }: { route: ClearingHouse; perItemLimitMinor: bigint | null }): Promise<void> {
    await tx.execute('UPDATE route SET per_item_limit_minor = $2 WHERE route = $1', [route, perItemLimitMinor]);
  }

  async listBanks(database: Queryable): Promise<RouteBank[]> {
    return database.query(
      `SELECT route, bank_code AS "bankCode", is_reachable AS "isReachable", per_item_limit_minor AS "perItemLimitMinor" FROM route_bank ORDER BY route, bank_code`,
    );
  }

  /** False when there is no such bank. */
  async putBank(tx: Tx, { route, bankCode, isReachable, perItemLimitMinor }: RouteBank, now: Date): Promise<boolean> {
    const count = await tx.execute(
      `INSERT INTO route_bank (route, bank_code, is_reachable, per_item_limit_minor, updated_at)
       SELECT $1, bank_code, $3, $4, $5 FROM payee_bank WHERE bank_code = $2
       ON CONFLICT (route, bank_code) DO UPDATE SET is_reachable = excluded.is_reachable, per_item_limit_minor = excluded.per_item_limit_minor,
         updated_at = excluded.updated_at`,
      [route, bankCode, isReachable, perItemLimitMinor, now],
    );
    return count === 1;
  }

  /** Business lines with a primary house of their own. */
  async listPrimaries(database: Queryable): Promise<{ code: string; primaryHouse: ClearingHouse }[]> {
    return database.query('SELECT code, primary_house AS "primaryHouse" FROM business_line WHERE primary_house IS NOT NULL');
  }

  /**
   * How a shard stands in this transaction, in one statement: the switch, what it has at each house, and every breaker that is not closed.
   */
  async standing(tx: Tx, given: { shard: number; houses: readonly ClearingHouse[] }): Promise<ShardStanding> {
    const [row] = await tx.query<{ isOpen: boolean; hasAside: boolean; houses: readonly HouseText[]; gates: readonly GateText[] | null }>(
      `SELECT NOT s.stopped AS "isOpen", EXISTS (SELECT 1 FROM deferred_entry WHERE shard = $2 AND waits_for IS NOT NULL) AS "hasAside",
         (SELECT json_agg(json_build_object('house', r.route, 'isOpen', r.state = 'OPEN', 'limit', r.per_item_limit_minor::text, 'grantId', g.grant_id,
                   'free', coalesce(g.granted_total - g.consumed_total - g.reserved, 0)::text) ORDER BY array_position($1::text[], r.route))
          FROM route r LEFT JOIN quota_grant g ON g.clearing_house = r.route AND g.shard = $2 WHERE r.route = ANY($1::text[])) AS houses,
         (SELECT json_agg(json_build_object('key', key, 'epoch', epoch::text, 'isHalfOpen', state = 'HALF_OPEN', 'stage', stage, 'tokensTaken', tokens_taken,
                   'tokensUntil', floor(extract(epoch FROM tokens_until) * 1000)))
          FROM breaker WHERE state <> 'CLOSED' AND clearing_house = ANY($1::text[])) AS gates
       FROM dispatch_switch s`,
      [given.houses, given.shard],
    );
    invariant(row !== undefined && row.houses.length === given.houses.length, 'the switch and each house have a row from their migration on');
    return {
      isOpen: row.isOpen,
      hasAside: row.hasAside,
      houses: row.houses.map(({ house, isOpen, limit, grantId, free }) => ({
        house, isOpen, grantId, freeMinor: BigInt(free), perItemLimitMinor: limit === null ? null : BigInt(limit),
      })),
      breakers: (row.gates ?? []).map(({ epoch, tokensUntil, ...gate }) => ({ ...gate, epoch: BigInt(epoch), tokensUntil: tokensUntil === null ? null : new Date(tokensUntil) })),
    };
  }
}

export interface ShardStanding {
  /** False when all payouts are stopped. */
  readonly isOpen: boolean;
  /** Payouts of the shard stepped aside. */
  readonly hasAside: boolean;
  /** In the order asked for. */
  readonly houses: readonly Omit<HouseStanding, 'room' | 'isPaused'>[];
  readonly breakers: readonly { readonly key: string; readonly epoch: bigint; readonly isHalfOpen: boolean; readonly stage: number; readonly tokensTaken: number; readonly tokensUntil: Date | null }[];
}

interface HouseText {
  readonly house: ClearingHouse;
  readonly isOpen: boolean;
  readonly limit: string | null;
  readonly grantId: string | null;
  readonly free: string;
}

interface GateText {
  readonly key: string;
  readonly epoch: string;
  readonly isHalfOpen: boolean;
  readonly stage: number;
  readonly tokensTaken: number;
  readonly tokensUntil: number | null;
}
