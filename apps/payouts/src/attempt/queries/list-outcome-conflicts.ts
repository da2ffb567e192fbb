import { Injectable } from '@nestjs/common';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import type { OutcomeSource } from '../domain/attempt-outcome.ts';

export interface OutcomeConflictView {
  readonly id: string;
  readonly serialNumber: string;
  /** Null for a number that is not ours. */
  readonly payoutId: string | null;
  readonly source: OutcomeSource;
  readonly toldOutcome: string;
  readonly toldAmount: string | null;
  /** What was on record when the contradicting word came; null while the attempt was open. */
  readonly recordedConclusion: string | null;
  readonly recordedAmount: string | null;
  readonly noticedAt: string;
}

interface OutcomeConflictRow extends Omit<OutcomeConflictView, 'toldAmount' | 'recordedAmount' | 'noticedAt'> {
  readonly toldAmountMinor: bigint | null;
  readonly recordedAmountMinor: bigint | null;
  readonly noticedAt: Date;
}

@Injectable()
export class ListOutcomeConflicts {
  constructor(private readonly database: Database) {}

  /** The newest first; one more than the limit, so that the caller knows whether there is a next page. */
  async execute(filter: { after?: string | undefined; limit: number }): Promise<OutcomeConflictView[]> {
    const rows = await this.database.query<OutcomeConflictRow>(
      `SELECT c.conflict_id AS id, c.serial_number AS "serialNumber", a.payout_id AS "payoutId", c.source, c.told_outcome AS "toldOutcome",
         c.told_amount_minor AS "toldAmountMinor", c.recorded_conclusion AS "recordedConclusion", c.recorded_amount_minor AS "recordedAmountMinor",
         c.noticed_at AS "noticedAt"
       FROM outcome_conflict c LEFT JOIN attempt a ON a.serial_number = c.serial_number
       WHERE $1::uuid IS NULL OR c.conflict_id < $1 ORDER BY c.conflict_id DESC LIMIT $2`,
      [filter.after ?? null, filter.limit + 1],
    );
    return rows.map(({ toldAmountMinor, recordedAmountMinor, ...row }) => ({
      ...row,
      toldAmount: amountOf(toldAmountMinor),
      recordedAmount: amountOf(recordedAmountMinor),
      noticedAt: row.noticedAt.toISOString(),
    }));
  }
}

/** A notice that named no amount is on record with a negative one, which fits no attempt. */
function amountOf(minor: bigint | null): string | null {
  return minor === null || minor < 0n ? null : formatAmount(minor);
}
