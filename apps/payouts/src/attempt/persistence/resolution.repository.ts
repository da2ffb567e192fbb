import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';
import { OVERTAKEN_NOTE, RESOLUTION_KIND, type Resolution } from '../domain/resolution.ts';

export interface OvertakenResolution extends Resolution {
  readonly resolutionId: string;
}

/** Resolutions stand in the service's table of approvals. */
@Injectable()
export class ResolutionRepository {
  /** Ends the open proposals about attempts that have their conclusion by now. One that somebody decides on at this moment is left to them. */
  async endOvertaken(tx: Tx, given: { now: Date; countMax: number }): Promise<OvertakenResolution[]> {
    return tx.query(
      `UPDATE approval SET state = 'EXPIRED', note = $3, decided_at = $1
       WHERE id = ANY(ARRAY(
         SELECT p.id FROM approval p JOIN attempt a ON a.serial_number = p.payload->>'serialNumber'
         WHERE p.kind = $2 AND p.state = 'PROPOSED' AND a.conclusion IS NOT NULL LIMIT $4 FOR UPDATE OF p SKIP LOCKED))
       RETURNING id AS "resolutionId", payload->>'payoutId' AS "payoutId", payload->>'serialNumber' AS "serialNumber",
         payload->>'conclusion' AS conclusion, payload->>'evidence' AS evidence`,
      [given.now, RESOLUTION_KIND, OVERTAKEN_NOTE, given.countMax],
    );
  }

  /** Ends the open proposals that nobody decided in time; answers how many. */
  async endExpired(tx: Tx, given: { now: Date; countMax: number }): Promise<number> {
    return tx.execute(
      `UPDATE approval SET state = 'EXPIRED', decided_at = $1 WHERE id = ANY(ARRAY(
         SELECT id FROM approval WHERE kind = $2 AND state = 'PROPOSED' AND expires_at <= $1 LIMIT $3 FOR UPDATE SKIP LOCKED))`,
      [given.now, RESOLUTION_KIND, given.countMax],
    );
  }
}
