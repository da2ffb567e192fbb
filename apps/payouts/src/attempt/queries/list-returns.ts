import { Injectable } from '@nestjs/common';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import type { ReturnFault, ReturnState } from '../domain/payout-return.ts';

export interface ReturnView {
  readonly returnId: string;
  readonly payoutId: string | null;
  readonly serialNumber: string;
  readonly amount: string;
  readonly state: ReturnState;
  readonly fault: ReturnFault | null;
  readonly clearingDate: string | null;
  readonly railReference: string | null;
  readonly occurredAt: string;
  readonly toldAt: string;
}

interface ReturnRow extends Omit<ReturnView, 'amount' | 'occurredAt' | 'toldAt'> {
  readonly amountMinor: bigint;
  readonly occurredAt: Date;
  readonly toldAt: Date;
}

const COLUMNS = `notice_id AS "returnId", payout_id AS "payoutId", serial_number AS "serialNumber", amount_minor AS "amountMinor", state, fault,
  clearing_date AS "clearingDate", rail_reference AS "railReference", occurred_at AS "occurredAt", told_at AS "toldAt"`;

@Injectable()
export class ListReturns {
  constructor(private readonly database: Database) {}

  /** The returns of one payout in the order they were told. */
  async ofPayout(payoutId: string): Promise<ReturnView[]> {
    const rows = await this.database.query<ReturnRow>(`SELECT ${COLUMNS} FROM payout_return WHERE payout_id = $1 ORDER BY told_at, notice_id`, [payoutId]);
    return rows.map((row) => viewOf(row));
  }

  /** The latest returns of all payouts, or those in one state. */
  async latest(filter: { state?: ReturnState | undefined; limit: number }): Promise<ReturnView[]> {
    const rows = await this.database.query<ReturnRow>(
      `SELECT ${COLUMNS} FROM payout_return WHERE $1::text IS NULL OR state = $1 ORDER BY told_at DESC, notice_id DESC LIMIT $2`,
      [filter.state ?? null, filter.limit],
    );
    return rows.map((row) => viewOf(row));
  }
}

function viewOf({ amountMinor, ...row }: ReturnRow): ReturnView {
  return { ...row, amount: formatAmount(amountMinor), occurredAt: row.occurredAt.toISOString(), toldAt: row.toldAt.toISOString() };
}
