import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';

export interface Route {
  readonly route: ClearingHouse;
  readonly state: 'OPEN' | 'STOPPED';
  readonly reason: string | null;
  readonly changedBy: string | null;
  readonly changedAt: Date | null;
}

@Injectable()
export class RouteRepository {
  async list(database: Queryable): Promise<Route[]> {
    return database.query('SELECT route, state, reason, changed_by AS "changedBy", changed_at AS "changedAt" FROM route ORDER BY route');
  }

  /** True when this call stopped it. */
  async stop(tx: Tx, given: { route: string; reason: string; by: string | null; now: Date }): Promise<boolean> {
    const count = await tx.execute(`UPDATE route SET state = 'STOPPED', reason = $2, changed_by = $3, changed_at = $4 WHERE route = $1 AND state = 'OPEN'`, [
      given.route,
      given.reason,
      given.by,
      given.now,
    ]);
    return count === 1;
  }

  /** True when this call opened it. */
  async open(tx: Tx, given: { route: string; reason: string; by: string; now: Date }): Promise<boolean> {
    const count = await tx.execute(`UPDATE route SET state = 'OPEN', reason = $2, changed_by = $3, changed_at = $4 WHERE route = $1 AND state = 'STOPPED'`, [
      given.route,
      given.reason,
      given.by,
      given.now,
    ]);
    return count === 1;
  }
}
