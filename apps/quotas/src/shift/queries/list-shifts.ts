import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import type { ShiftState } from '../domain/quota-shift.ts';

export interface ShiftView {
  readonly id: string;
  readonly fromHouse: ClearingHouse;
  readonly toHouse: ClearingHouse;
  readonly amount: string;
  readonly state: ShiftState;
  readonly decreaseId: string;
  readonly increaseId: string | null;
  readonly attempts: number;
  readonly reason: string;
  readonly requestedBy: string;
  readonly requestedAt: string;
}

type Row = Omit<ShiftView, 'amount' | 'requestedAt'> & { amount: bigint; requestedAt: Date };

const SELECT = `SELECT id, from_house AS "fromHouse", to_house AS "toHouse", amount, state, decrease_id AS "decreaseId", increase_id AS "increaseId", attempts,
    reason, requested_by AS "requestedBy", requested_at AS "requestedAt" FROM quota_shift`;

@Injectable()
export class ListShifts {
  constructor(private readonly database: Database) {}

  /** The newest first; one row more than asked for tells whether there is another page. */
  async page({ after, limit }: { after?: string | undefined; limit: number }): Promise<ShiftView[]> {
    const rows = await this.database.query<Row>(`${SELECT} WHERE $1::uuid IS NULL OR id < $1 ORDER BY id DESC LIMIT $2`, [after ?? null, limit + 1]);
    return rows.map(viewOf);
  }

  async find(id: string): Promise<ShiftView | null> {
    const [row] = await this.database.query<Row>(`${SELECT} WHERE id = $1`, [id]);
    return row === undefined ? null : viewOf(row);
  }
}

function viewOf(row: Row): ShiftView {
  return { ...row, amount: formatAmount(row.amount), requestedAt: row.requestedAt.toISOString() };
}
