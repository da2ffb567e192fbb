import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';

export interface NewReturn {
  readonly noticeId: string;
  readonly serialNumber: string;
  readonly amountMinor: bigint;
  readonly clearingDate: string | null;
  readonly railReference: string | null;
  readonly occurredAt: Date;
}

@Injectable()
export class ReturnRepository {
  /** A notice that is told twice is one return. */
  async insertMany(tx: Tx, returns: readonly NewReturn[]): Promise<void> {
    if (returns.length === 0) return;
    await tx.execute(
      `INSERT INTO payout_return (notice_id, serial_number, payout_id, amount_minor, clearing_date, rail_reference, occurred_at)
       SELECT r.notice_id, r.serial_number, a.payout_id, r.amount_minor, r.clearing_date, r.rail_reference, r.occurred_at
       FROM unnest($1::text[], $2::text[], $3::bigint[], $4::date[], $5::text[], $6::timestamptz[])
         AS r(notice_id, serial_number, amount_minor, clearing_date, rail_reference, occurred_at)
       LEFT JOIN attempt a ON a.serial_number = r.serial_number
       ON CONFLICT (notice_id) DO NOTHING`,
      [
        returns.map((r) => r.noticeId),
        returns.map((r) => r.serialNumber),
        returns.map((r) => r.amountMinor),
        returns.map((r) => r.clearingDate),
        returns.map((r) => r.railReference),
        returns.map((r) => r.occurredAt),
      ],
    );
  }
}
