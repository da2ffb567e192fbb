import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import type { QuotaSource } from '../domain/quota.ts';

/** One figure that differed from the one before it; it held until the next. */
export interface QuotaHistoryPoint {
  readonly id: string;
  readonly mappedQuota: string;
  readonly railAvailable: string;
  readonly source: QuotaSource;
  readonly asOf: string;
}

export interface QuotaHistoryQuery {
  readonly clearingHouse: ClearingHouse;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

@Injectable()
export class ListQuotaHistory {
  constructor(private readonly database: Database) {}

  /** The oldest first, one row more than asked for. The point before `from` comes too: it is what a chart begins with. */
  async execute({ clearingHouse, from, until, after, limit }: QuotaHistoryQuery): Promise<QuotaHistoryPoint[]> {
    const rows = await this.database.query<{ id: string; mapped: bigint; railAvailable: bigint; source: QuotaSource; asOf: Date }>(
      `SELECT id, mapped, rail_available AS "railAvailable", source, as_of AS "asOf" FROM quota_observation
       WHERE clearing_house = $1 AND ($3::timestamptz IS NULL OR as_of < $3)
         AND ($2::timestamptz IS NULL OR as_of >= coalesce((SELECT max(o.as_of) FROM quota_observation o WHERE o.clearing_house = $1 AND o.as_of <= $2), $2))
         AND ($4::uuid IS NULL OR (as_of, id) > (SELECT o.as_of, o.id FROM quota_observation o WHERE o.id = $4))
       ORDER BY as_of, id LIMIT $5`,
      [clearingHouse, from ?? null, until ?? null, after ?? null, limit + 1],
    );
    return rows.map((row) => ({
      id: row.id,
      mappedQuota: formatAmount(row.mapped),
      railAvailable: formatAmount(row.railAvailable),
      source: row.source,
      asOf: row.asOf.toISOString(),
    }));
  }
}
