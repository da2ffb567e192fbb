import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';
import { RESOLUTION_KIND } from '../domain/resolution.ts';

/** Resolutions stand in the service's table of approvals. */
@Injectable()
export class ResolutionRepository {
  /** Locks open proposals about attempts that have their conclusion by now. One that somebody decides on at this moment is left to them. */
  async lockOvertaken(tx: Tx, countMax: number): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(
      `SELECT p.id FROM approval p JOIN attempt a ON a.serial_number = p.payload->>'serialNumber'
       WHERE p.kind = $1 AND p.state = 'PROPOSED' AND a.conclusion IS NOT NULL ORDER BY p.id LIMIT $2 FOR UPDATE OF p SKIP LOCKED`,
      [RESOLUTION_KIND, countMax],
    );
    return rows.map(({ id }) => id);
  }
}
