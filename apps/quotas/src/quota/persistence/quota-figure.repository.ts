import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';
import type { FigureReading } from '../domain/rail-figure.ts';

export interface WaitingReading extends FigureReading {
  /** Wall time. */
  readonly readAt: Date;
}

export interface FigureState {
  readonly clearingHouse: ClearingHouse;
  readonly difference: bigint;
  /** Wall time; null while nothing differs. */
  readonly differsSince: Date | null;
}

@Injectable()
export class QuotaFigureRepository {
  /** The reading that waits to be judged. The caller holds the house. */
  async waiting(tx: Tx, clearingHouse: ClearingHouse): Promise<WaitingReading | null> {
    const [row] = await tx.query<WaitingReading>(
      `SELECT read_at AS "readAt", rail_available AS "railAvailable", usable, consumed FROM quota_figure WHERE clearing_house = $1 AND read_at IS NOT NULL`,
      [clearingHouse],
    );
    return row ?? null;
  }

  async await(tx: Tx, clearingHouse: ClearingHouse, { readAt, railAvailable, usable, consumed }: WaitingReading): Promise<void> {
    await tx.execute(
      `INSERT INTO quota_figure (clearing_house, read_at, rail_available, usable, consumed) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (clearing_house) DO UPDATE SET read_at = excluded.read_at, rail_available = excluded.rail_available, usable = excluded.usable, consumed = excluded.consumed`,
      [clearingHouse, readAt, railAvailable, usable, consumed],
    );
  }

  /** No reading can be judged across a change of the mapping that is our own. */
  async forget(tx: Tx, clearingHouse: ClearingHouse): Promise<void> {
    await tx.execute('UPDATE quota_figure SET read_at = NULL, rail_available = NULL, usable = NULL, consumed = NULL WHERE clearing_house = $1', [clearingHouse]);
  }

  async setDifference(tx: Tx, clearingHouse: ClearingHouse, { difference, wallNow }: { difference: bigint; wallNow: Date }): Promise<void> {
    await tx.execute(
      'UPDATE quota_figure SET difference = $2, differs_since = CASE WHEN $2::bigint = 0 THEN NULL ELSE coalesce(differs_since, $3) END WHERE clearing_house = $1',
      [clearingHouse, difference, wallNow],
    );
  }

  async list(database: Queryable): Promise<FigureState[]> {
    return database.query<FigureState>('SELECT clearing_house AS "clearingHouse", difference, differs_since AS "differsSince" FROM quota_figure');
  }
}
