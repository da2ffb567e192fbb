import { Injectable } from '@nestjs/common';
import type { ApprovalState } from '@jinku/approvals';
import type { AttemptConclusion } from '@jinku/contracts';
import { Database } from '@jinku/persistence';
import { OVERTAKEN_NOTE, RESOLUTION_KIND, resolutionSubject } from '../domain/resolution.ts';

export interface ResolutionView {
  readonly resolutionId: string;
  readonly payoutId: string;
  readonly serialNumber: string;
  readonly conclusion: AttemptConclusion;
  readonly evidence: string;
  readonly reason: string;
  /** `OVERTAKEN`: the rail answered before a second person decided. */
  readonly state: ApprovalState | 'OVERTAKEN';
  readonly proposedBy: string;
  readonly proposedAt: string;
  readonly expiresAt: string;
  readonly decidedBy: string | null;
  /** What the deciding person said. */
  readonly note: string | null;
  readonly decidedAt: string | null;
}

interface ResolutionRow extends Omit<ResolutionView, 'proposedAt' | 'expiresAt' | 'decidedAt'> {
  readonly proposedAt: Date;
  readonly expiresAt: Date;
  readonly decidedAt: Date | null;
}

const SELECT = `SELECT p.id AS "resolutionId", p.payload->>'payoutId' AS "payoutId", p.payload->>'serialNumber' AS "serialNumber",
    p.payload->>'conclusion' AS conclusion, p.payload->>'evidence' AS evidence, p.reason,
    CASE WHEN p.state = 'EXPIRED' AND p.note = $1 OR p.state = 'PROPOSED' AND a.conclusion IS NOT NULL THEN 'OVERTAKEN' ELSE p.state END AS state,
    p.maker_id AS "proposedBy", p.proposed_at AS "proposedAt", p.expires_at AS "expiresAt", p.checker_id AS "decidedBy", p.note, p.decided_at AS "decidedAt"
  FROM approval p LEFT JOIN attempt a ON a.serial_number = p.payload->>'serialNumber'`;

@Injectable()
export class ListResolutions {
  constructor(private readonly database: Database) {}

  /** What persons proposed and decided about a payout's attempts, in the order it was proposed. */
  async ofPayout(payoutId: string): Promise<ResolutionView[]> {
    const rows = await this.database.query<ResolutionRow>(`${SELECT} WHERE p.kind = $2 AND p.subject = $3 ORDER BY p.proposed_at, p.id`, [
      OVERTAKEN_NOTE,
      RESOLUTION_KIND,
      resolutionSubject(payoutId),
    ]);
    return rows.map((row) => viewOf(row));
  }

  /** What waits for a second person, the oldest first. */
  async open(given: { now: Date; limit: number }): Promise<ResolutionView[]> {
    const rows = await this.database.query<ResolutionRow>(
      `${SELECT} WHERE p.kind = $2 AND p.state = 'PROPOSED' AND p.expires_at > $3 AND a.conclusion IS NULL ORDER BY p.proposed_at, p.id LIMIT $4`,
      [OVERTAKEN_NOTE, RESOLUTION_KIND, given.now, given.limit],
    );
    return rows.map((row) => viewOf(row));
  }
}

function viewOf(row: ResolutionRow): ResolutionView {
  return {
    ...row,
    proposedAt: row.proposedAt.toISOString(),
    expiresAt: row.expiresAt.toISOString(),
    decidedAt: row.decidedAt?.toISOString() ?? null,
  };
}
