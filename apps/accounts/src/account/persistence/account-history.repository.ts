import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';
import type { Difference } from '../domain/change-account.ts';

/** What happened to an account. */
export const HISTORY_ACTS = [
  'OPENING_REQUESTED',
  'OPENING_APPROVED',
  'OPENING_ENDED',
  'LINK_ANSWERED',
  'CHANGED',
  'FROZEN',
  'UNFROZEN',
  'REGISTRATION_CHANGED',
  'CLOSING_STARTED',
  'CLOSING_CLEARED',
  'CLOSING_REFUSED',
  'CLOSED',
] as const;
export type HistoryAct = (typeof HISTORY_ACTS)[number];

export interface HistoryEntry extends Difference {
  readonly accountId: string;
  readonly version: number;
  readonly act: HistoryAct;
  /** The business date from which it holds. */
  readonly effectiveOn: string;
  readonly recordedAt: Date;
  /** Who proposed it; null when a service's answer or a schedule did it. */
  readonly makerId: string | null;
  readonly checkerId: string | null;
  readonly approvalId: string | null;
  readonly reason: string;
}

/** Append-only: the role may neither change nor remove an entry. */
@Injectable()
export class AccountHistoryRepository {
  async append(tx: Tx, entry: HistoryEntry): Promise<void> {
    await tx.execute(
      `INSERT INTO account_version (account_id, version, act, effective_on, recorded_at, maker_id, checker_id, approval_id, reason, before, after)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`,
      [
        entry.accountId,
        entry.version,
        entry.act,
        entry.effectiveOn,
        entry.recordedAt,
        entry.makerId,
        entry.checkerId,
        entry.approvalId,
        entry.reason,
        JSON.stringify(entry.before),
        JSON.stringify(entry.after),
      ],
    );
  }
}
