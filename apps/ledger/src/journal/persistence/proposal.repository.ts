import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';

export const ProposalState = {
  /** Waits for a second person. */
  PROPOSED: 'PROPOSED',
  /** A second person approved it; its entry is posted. */
  APPROVED: 'APPROVED',
  /** It was turned down; nothing was posted. */
  REJECTED: 'REJECTED',
} as const;
export type ProposalState = (typeof ProposalState)[keyof typeof ProposalState];

export interface Proposal {
  readonly id: string;
  readonly kind: 'ENTRY' | 'REVERSAL';
  readonly state: ProposalState;
  readonly content: ProposedEntry | ProposedReversal;
  readonly reason: string;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly decidedBy: string | null;
  /** The id that the entry has once it is posted. */
  readonly entryId: string;
}

export interface ProposedEntry {
  readonly unit: 'CNY' | 'CNY.QUOTA';
  readonly reference: string;
  readonly valueDate: string;
  readonly lines: readonly { readonly account: string; readonly side: 'DEBIT' | 'CREDIT'; readonly amount: string }[];
}

export interface ProposedReversal {
  readonly entryId: string;
}

const COLUMNS = 'id, kind, state, content, reason, proposed_by AS "proposedBy", proposed_at AS "proposedAt", decided_by AS "decidedBy", entry_id AS "entryId"';

@Injectable()
export class ProposalRepository {
  async insert(tx: Tx, proposal: Omit<Proposal, 'state' | 'decidedBy'>): Promise<void> {
    await tx.execute(
      `INSERT INTO journal_proposal (id, kind, state, content, reason, proposed_by, proposed_at, entry_id) VALUES ($1, $2, 'PROPOSED', $3, $4, $5, $6, $7)`,
      [proposal.id, proposal.kind, JSON.stringify(proposal.content), proposal.reason, proposal.proposedBy, proposal.proposedAt, proposal.entryId],
    );
  }

  async lock(tx: Tx, id: string): Promise<Proposal | null> {
    const [proposal] = await tx.query<Proposal>(`SELECT ${COLUMNS} FROM journal_proposal WHERE id = $1 FOR UPDATE`, [id]);
    return proposal ?? null;
  }

  async list(queryable: Queryable, { state, after, limit }: { state?: string | undefined; after?: string | undefined; limit: number }): Promise<Proposal[]> {
    return queryable.query<Proposal>(
      `SELECT ${COLUMNS} FROM journal_proposal WHERE ($1::text IS NULL OR state = $1) AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      [state ?? null, after ?? null, limit + 1],
    );
  }

  async decide(tx: Tx, { id, to, by, at }: { id: string; to: 'APPROVED' | 'REJECTED'; by: string; at: Date }): Promise<boolean> {
    return (
      (await tx.execute(`UPDATE journal_proposal SET state = $2, decided_by = $3, decided_at = $4 WHERE id = $1 AND state = 'PROPOSED'`, [id, to, by, at])) === 1
    );
  }
}
