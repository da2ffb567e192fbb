import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';

export interface ReceiptsTotal {
  readonly clearingHouse: string;
  readonly channel: string;
  readonly clearingDate: string;
  readonly total: bigint;
}

@Injectable()
export class BookedEventRepository {
  /** Which of these names were not booked before; from now on they are. A name that is being booked elsewhere is waited for. */
  async firstBooked(tx: Tx, event: string, names: readonly string[]): Promise<Set<string>> {
    const rows = await tx.query<{ name: string }>('INSERT INTO booked_event (event, name) SELECT $1, * FROM unnest($2::text[]) ON CONFLICT DO NOTHING RETURNING name', [event, names]);
    return new Set(rows.map(({ name }) => name));
  }

  /** Raises the booked total; answers what it was before, or null when the books hold as much already. */
  async raiseReceipts(tx: Tx, { clearingHouse, channel, clearingDate, total }: ReceiptsTotal): Promise<bigint | null> {
    const [raised] = await tx.query<{ previous: bigint }>(
      `INSERT INTO booked_receipts AS r (clearing_house, channel, clearing_date, total) VALUES ($1, $2, $3, $4)
       ON CONFLICT (clearing_house, channel, clearing_date) DO UPDATE SET total = excluded.total WHERE r.total < excluded.total
       RETURNING coalesce(old.total, 0) AS previous`,
      [clearingHouse, channel, clearingDate, total],
    );
    return raised?.previous ?? null;
  }
}
