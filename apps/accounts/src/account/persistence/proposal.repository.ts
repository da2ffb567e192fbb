import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';
import type { AccountProposal } from '../domain/account-act.ts';

interface ExpiredProposal {
  readonly id: string;
  readonly makerId: string;
  readonly payload: AccountProposal;
}

/** Proposals stand in the service's table of approvals. */
@Injectable()
export class ProposalRepository {
  /** Ends open proposals that nobody decided in time. One that somebody decides on at this moment is left to them. */
  async endExpired(tx: Tx, { now, countMax }: { now: Date; countMax: number }): Promise<ExpiredProposal[]> {
    return tx.query<ExpiredProposal>(
      `UPDATE approval SET state = 'EXPIRED', decided_at = $1 WHERE id = ANY(ARRAY(
         SELECT id FROM approval WHERE kind LIKE 'accounts.%' AND state = 'PROPOSED' AND expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED))
       RETURNING id, maker_id AS "makerId", payload`,
      [now, countMax],
    );
  }
}
