import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';

interface ExpiredProposal {
  readonly id: string;
  readonly makerId: string;
  readonly kind: string;
  readonly subject: string;
}

/** Proposals, about connector types too, stand in the service's table of approvals. */
@Injectable()
export class ProposalRepository {
  /** Ends one open proposal that nobody decided in time. One that somebody decides on at this moment is left to them. */
  async endExpired(tx: Tx, now: Date): Promise<ExpiredProposal | null> {
    const [expired] = await tx.query<ExpiredProposal>(
      `UPDATE approval SET state = 'EXPIRED', decided_at = $1 WHERE id = (
         SELECT id FROM approval WHERE state = 'PROPOSED' AND expires_at <= $1 ORDER BY expires_at LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, kind, subject, maker_id AS "makerId"`,
      [now],
    );
    return expired ?? null;
  }
}
