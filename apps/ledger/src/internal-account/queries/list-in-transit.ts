import { Injectable } from '@nestjs/common';
import { Database } from '@jinku/persistence';

export interface InTransitRow {
  readonly reference: string;
  /** Above zero for what left and has not arrived; below zero where an arrival was booked first. */
  readonly client: bigint;
  readonly own: bigint;
  readonly since: Date;
  readonly valueDate: string;
}

@Injectable()
export class ListInTransit {
  constructor(private readonly database: Database) {}

  /**
   * What is open in transit, by what it is about (an order's id, whose first digits are its time), one more than the limit. With a value date: as of the end of that day. It
   * is summed from the lines each time, so that it cannot differ from them; few entries touch these accounts.
   */
  async execute({ valueDate, after, limit }: { valueDate: string | null; after: string | null; limit: number }): Promise<InTransitRow[]> {
    return this.database.query<InTransitRow>(
      `SELECT e.reference, coalesce(sum(l.amount) FILTER (WHERE a.code = '1101.CLIENT'), 0)::bigint AS client, coalesce(sum(l.amount) FILTER (WHERE a.code = '1101.OWN'), 0)::bigint AS own,
              min(b.booked_at) AS since, min(e.value_date) AS "valueDate"
       FROM internal_account a JOIN balance_point p ON p.account_id = a.id JOIN journal_batch b ON b.sequence = p.sequence
       JOIN journal_line l ON l.batch_id = b.id AND l.account_id = a.id
       JOIN journal_entry e ON e.batch_id = l.batch_id AND e.entry_number = l.entry_number
       WHERE a.code IN ('1101.CLIENT', '1101.OWN') AND ($1::date IS NULL OR e.value_date <= $1) AND ($2::text IS NULL OR e.reference > $2)
       GROUP BY e.reference
       HAVING coalesce(sum(l.amount) FILTER (WHERE a.code = '1101.CLIENT'), 0) <> 0 OR coalesce(sum(l.amount) FILTER (WHERE a.code = '1101.OWN'), 0) <> 0
       ORDER BY e.reference LIMIT $3 + 1`,
      [valueDate, after, limit],
    );
  }
}
