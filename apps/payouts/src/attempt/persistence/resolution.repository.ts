import { Injectable } from '@nestjs/common';
import type { AttemptConclusion } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';

export interface Resolution {
  readonly resolutionId: string;
  readonly payoutId: string;
  readonly serialNumber: string;
  readonly conclusion: AttemptConclusion;
  readonly evidence: string;
  readonly reason: string;
  readonly state: 'PROPOSED' | 'APPROVED' | 'SUPERSEDED';
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
}

const COLUMNS = `resolution_id AS "resolutionId", payout_id AS "payoutId", serial_number AS "serialNumber", conclusion, evidence, reason, state,
  proposed_by AS "proposedBy", proposed_at AS "proposedAt", decided_by AS "decidedBy", decided_at AS "decidedAt"`;

@Injectable()
export class ResolutionRepository {
  async insert(tx: Tx, resolution: Omit<Resolution, 'state' | 'decidedBy' | 'decidedAt'>): Promise<void> {
    await tx.execute(
      `INSERT INTO payout_resolution (resolution_id, payout_id, serial_number, conclusion, evidence, reason, state, proposed_by, proposed_at)
       VALUES ($1, $2, $3, $4, $5, $6, 'PROPOSED', $7, $8)`,
      [
        resolution.resolutionId,
        resolution.payoutId,
        resolution.serialNumber,
        resolution.conclusion,
        resolution.evidence,
        resolution.reason,
        resolution.proposedBy,
        resolution.proposedAt,
      ],
    );
  }

  async lock(tx: Tx, key: { resolutionId: string; payoutId: string }): Promise<Resolution | null> {
    const [row] = await tx.query<Resolution>(`SELECT ${COLUMNS} FROM payout_resolution WHERE resolution_id = $1 AND payout_id = $2 FOR UPDATE`, [
      key.resolutionId,
      key.payoutId,
    ]);
    return row ?? null;
  }

  /** The proposal that was approved is decided; all others for this attempt are overtaken by it. */
  async decide(tx: Tx, given: { resolution: Resolution; decidedBy: string; now: Date }): Promise<void> {
    await tx.execute(
      `UPDATE payout_resolution SET state = CASE WHEN resolution_id = $1 THEN 'APPROVED' ELSE 'SUPERSEDED' END,
         decided_by = CASE WHEN resolution_id = $1 THEN $3 END, decided_at = $4 WHERE serial_number = $2 AND state = 'PROPOSED'`,
      [given.resolution.resolutionId, given.resolution.serialNumber, given.decidedBy, given.now],
    );
  }

  async listOfPayout(database: Queryable, payoutId: string): Promise<Resolution[]> {
    return database.query(`SELECT ${COLUMNS} FROM payout_resolution WHERE payout_id = $1 ORDER BY resolution_id`, [payoutId]);
  }
}
