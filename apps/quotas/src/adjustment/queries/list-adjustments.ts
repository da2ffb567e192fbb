import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import type { AdjustmentDirection, AdjustmentState } from '../domain/quota-adjustment.ts';

export interface AdjustmentView {
  readonly id: string;
  readonly clearingHouse: ClearingHouse;
  readonly direction: AdjustmentDirection;
  readonly amount: string;
  readonly state: AdjustmentState;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
  readonly serialNumber: string | null;
  readonly code: string | null;
  readonly concludedAt: string | null;
  /** From then on the house's own figure holds it; null while it does not. */
  readonly reflectedAt: string | null;
}

export interface AdjustmentEventView {
  readonly state: AdjustmentState;
  readonly source: string;
  readonly outcome: string | null;
  readonly code: string | null;
  readonly recordedAt: string;
}

type Row = Omit<AdjustmentView, 'amount' | 'requestedAt' | 'concludedAt' | 'reflectedAt'> & {
  amount: bigint;
  requestedAt: Date;
  concludedAt: Date | null;
  reflectedAt: Date | null;
};

const SELECT = `SELECT id, clearing_house AS "clearingHouse", direction, amount, state, reason, requested_by AS "requestedBy", requested_at AS "requestedAt",
    serial_number AS "serialNumber", code, concluded_at AS "concludedAt", reflected_at AS "reflectedAt" FROM quota_adjustment`;

@Injectable()
export class ListAdjustments {
  constructor(private readonly database: Database) {}

  /** The newest first; one row more than asked for tells whether there is another page. */
  async page({ after, limit }: { after?: string | undefined; limit: number }): Promise<AdjustmentView[]> {
    const rows = await this.database.query<Row>(`${SELECT} WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`, [after ?? null, limit + 1]);
    return rows.map(viewOf);
  }

  async find(id: string): Promise<(AdjustmentView & { readonly events: readonly AdjustmentEventView[] }) | null> {
    const [row] = await this.database.query<Row>(`${SELECT} WHERE id = $1`, [id]);
    if (row === undefined) return null;
    const events = await this.database.query<Omit<AdjustmentEventView, 'recordedAt'> & { recordedAt: Date }>(
      'SELECT state, source, outcome, code, recorded_at AS "recordedAt" FROM quota_adjustment_event WHERE adjustment_id = $1 ORDER BY sequence',
      [id],
    );
    return { ...viewOf(row), events: events.map((event) => ({ ...event, recordedAt: event.recordedAt.toISOString() })) };
  }
}

function viewOf(row: Row): AdjustmentView {
  return {
    ...row,
    amount: formatAmount(row.amount),
    requestedAt: row.requestedAt.toISOString(),
    concludedAt: row.concludedAt?.toISOString() ?? null,
    reflectedAt: row.reflectedAt?.toISOString() ?? null,
  };
}
