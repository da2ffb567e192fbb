import { Injectable } from '@nestjs/common';
import { Database } from '@jinku/persistence';
import type { HistoryEntry } from '../persistence/account-history.repository.ts';
import { ClosingRepository, type Closing, type RecordedAnswer } from '../persistence/closing.repository.ts';

export interface ClosingView extends Closing {
  readonly answers: readonly RecordedAnswer[];
}

export interface ScheduledView {
  readonly approvalId: string;
  readonly effectiveOn: string;
  readonly change: unknown;
  readonly makerId: string;
  readonly checkerId: string;
  readonly reason: string;
  readonly state: 'SCHEDULED' | 'IN_FORCE' | 'DROPPED';
  readonly droppedBecause: string | null;
}

@Injectable()
export class ReadAccountHistory {
  constructor(
    private readonly database: Database,
    private readonly closings: ClosingRepository,
  ) {}

  /** From the newest back, one more than the limit. */
  async entries(accountId: string, { before, limit }: { before: number | undefined; limit: number }): Promise<HistoryEntry[]> {
    return this.database.query<HistoryEntry>(
      `SELECT account_id AS "accountId", version, act, effective_on AS "effectiveOn", recorded_at AS "recordedAt", maker_id AS "makerId",
         checker_id AS "checkerId", approval_id AS "approvalId", reason, before, after
       FROM account_version WHERE account_id = $1 AND ($2::integer IS NULL OR version < $2) ORDER BY version DESC LIMIT $3`,
      [accountId, before ?? null, limit + 1],
    );
  }

  /** Approved changes that took or are to take effect on a later day, the latest day first. */
  async scheduled(accountId: string, limit: number): Promise<ScheduledView[]> {
    return this.database.query<ScheduledView>(
      `SELECT id AS "approvalId", effective_on AS "effectiveOn", change, maker_id AS "makerId", checker_id AS "checkerId", reason, state,
         dropped_because AS "droppedBecause"
       FROM scheduled_change WHERE account_id = $1 ORDER BY effective_on DESC, id DESC LIMIT $2`,
      [accountId, limit],
    );
  }

  /** The account's last closing with every answer to it; null when nobody ever wanted to close it. */
  async lastClosing(accountId: string): Promise<ClosingView | null> {
    const closing = await this.closings.findLast(this.database, accountId);
    return closing === null ? null : { ...closing, answers: await this.closings.listAnswers(this.database, closing.id) };
  }
}
