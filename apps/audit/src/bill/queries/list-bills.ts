import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';

export type BillState = 'RECEIVING' | 'ACCEPTED' | 'ABANDONED';

export interface BillView {
  readonly id: string;
  readonly clearingHouse: ClearingHouse;
  readonly clearingDate: string;
  readonly state: BillState;
  readonly source: 'UPLOAD' | 'RAIL';
  readonly lineCount: number;
  readonly payoutTotal: string;
  readonly returnTotal: string;
  readonly linesSha256: string | null;
}

export interface BillFilter {
  readonly clearingHouse?: ClearingHouse | undefined;
  readonly clearingDate?: string | undefined;
  readonly state?: BillState | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

@Injectable()
export class ListBills {
  constructor(private readonly database: Database) {}

  /** The newest first; one row more than asked for tells whether there is another page. */
  async page({ clearingHouse, clearingDate, state, after, limit }: BillFilter): Promise<BillView[]> {
    const rows = await this.database.query<Omit<BillView, 'payoutTotal' | 'returnTotal'> & { payoutTotal: bigint; returnTotal: bigint }>(
      `SELECT id, clearing_house AS "clearingHouse", clearing_date AS "clearingDate", state, source, line_count AS "lineCount", payout_total AS "payoutTotal",
         return_total AS "returnTotal", encode(lines_sha256, 'hex') AS "linesSha256" FROM payout_bill
       WHERE ($1::text IS NULL OR clearing_house = $1) AND ($2::date IS NULL OR clearing_date = $2) AND ($3::text IS NULL OR state = $3) AND ($4::uuid IS NULL OR id < $4)
       ORDER BY id DESC LIMIT $5`,
      [clearingHouse ?? null, clearingDate ?? null, state ?? null, after ?? null, limit + 1],
    );
    return rows.map((row) => ({ ...row, payoutTotal: formatAmount(row.payoutTotal), returnTotal: formatAmount(row.returnTotal) }));
  }
}
