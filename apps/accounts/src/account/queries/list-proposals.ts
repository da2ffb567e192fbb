import { Injectable } from '@nestjs/common';
import { Database } from '@jinku/persistence';
import type { AccountAct, AccountProposal } from '../domain/account-act.ts';
import { kindOf } from '../domain/account-act.ts';

export interface ProposalView {
  readonly id: string;
  readonly accountId: string;
  readonly accountName: string;
  readonly act: AccountAct['act'];
  readonly proposal: AccountProposal;
  readonly makerId: string;
  readonly reason: string;
  readonly proposedAt: Date;
  readonly expiresAt: Date;
}

export interface ProposalFilter {
  readonly accountId?: string | undefined;
  readonly act?: AccountAct['act'] | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

@Injectable()
export class ListProposals {
  constructor(private readonly database: Database) {}

  /** What waits for a second person and has not expired, the oldest first; one more than the limit. Ids are in the order of time. */
  async open(filter: ProposalFilter, now: Date): Promise<ProposalView[]> {
    return this.database.query<ProposalView>(
      `SELECT p.id, a.id AS "accountId", a.name AS "accountName", p.payload->>'act' AS act, p.payload AS proposal, p.maker_id AS "makerId", p.reason,
         p.proposed_at AS "proposedAt", p.expires_at AS "expiresAt"
       FROM approval p JOIN account a ON a.id::text = p.subject
       WHERE p.kind LIKE 'accounts.%' AND p.state = 'PROPOSED' AND p.expires_at > $1
         AND ($2::text IS NULL OR p.subject = $2) AND ($3::text IS NULL OR p.kind = $3) AND ($4::uuid IS NULL OR p.id > $4)
       ORDER BY p.id LIMIT $5`,
      [now, filter.accountId ?? null, filter.act === undefined ? null : kindOf(filter.act), filter.after ?? null, filter.limit + 1],
    );
  }
}
