import type pg from 'pg';

import type { Place } from '../house/house.ts';

/**
 * How many requests of each pair of payee account and amount there have been. It lives in memory only while a fault plan needs it, and is
 * counted from the books when one comes, so that a restart continues where the house was.
 */
export class Occurrences {
  #counts = new Map<string, number>();

  async load(client: pg.ClientBase, { clearingHouse }: Place): Promise<void> {
    // A late execution is in both tables; it counts where it was noted first.
    const { rows } = await client.query<{ pair: string; count: number }>(
      `
      SELECT payee_account || ' ' || amount_minor AS pair, count(*)::int AS count
        FROM (SELECT payee_account, amount_minor FROM rails.payout_instruction WHERE clearing_house = $1 AND fault IS DISTINCT FROM 'LATE_EXECUTION'
              UNION ALL SELECT payee_account, amount_minor FROM rails.forgotten_request WHERE clearing_house = $1) AS request
       GROUP BY payee_account, amount_minor`,
      [clearingHouse],
    );
    this.#counts = new Map(rows.map(({ pair, count }) => [pair, count]));
  }

  forget(): void {
    this.#counts = new Map();
  }

  /** Counts within one batch; `keep` makes it last once the batch is committed. */
  tally(): OccurrenceTally {
    const added = new Map<string, number>();
    return {
      next: (payeeAccount, amountMinor) => {
        const pair = `${payeeAccount} ${amountMinor}`;
        const occurrence = (added.get(pair) ?? this.#counts.get(pair) ?? 0) + 1;
        added.set(pair, occurrence);
        return occurrence;
      },
      keep: () => {
        for (const [pair, count] of added) this.#counts.set(pair, count);
      },
    };
  }
}

export interface OccurrenceTally {
  next(payeeAccount: string, amountMinor: bigint): number;
  keep(): void;
}
