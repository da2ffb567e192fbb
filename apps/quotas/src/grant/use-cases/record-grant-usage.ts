import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { QuotaRepository } from '../../quota/persistence/quota.repository.ts';
import { SessionRepository } from '../../session/persistence/session.repository.ts';
import { RecountHouse } from '../../session/use-cases/recount-house.ts';
import { GrantRepository, type GrantUsage } from '../persistence/grant.repository.ts';
import { SetGrants } from './set-grants.ts';

export interface ReportedUsage extends GrantUsage {
  readonly clearingHouse: ClearingHouse;
  /** What of the consumed total stands on which clearing date, where the holder tells it. */
  readonly byDate: readonly { readonly grantId: string; readonly clearingDate: string; readonly total: bigint; readonly count: number }[];
}

/** Takes what the shards have told and, when a queue needs more or gave something back, sets the grants of that house anew. */
@Injectable()
export class RecordGrantUsage {
  constructor(
    private readonly quotas: QuotaRepository,
    private readonly grants: GrantRepository,
    private readonly sessions: SessionRepository,
    private readonly recount: RecountHouse,
    private readonly setGrants: SetGrants,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, usages: readonly ReportedUsage[]): Promise<void> {
    for (const clearingHouse of [...new Set(usages.map((usage) => usage.clearingHouse))].toSorted()) {
      const quota = await this.quotas.lock(tx, clearingHouse);
      const newest = newestByGrant(usages.filter((usage) => usage.clearingHouse === clearingHouse));
      await this.grants.recordUsage(tx, newest);
      const byDate = newest.flatMap((usage) => usage.byDate);
      await this.sessions.ensure(tx, clearingHouse, [...new Set(byDate.map(({ clearingDate }) => clearingDate))], this.clock.now());
      const isInMapping = await this.sessions.recordDateTotals(tx, clearingHouse, byDate);
      if (isInMapping) await this.recount.execute(tx, clearingHouse);
      else if (quota !== null) await this.setGrants.execute(tx, quota);
    }
  }
}

/** A batch may hold several reports of one grant, in order; an UPDATE takes one row each. */
function newestByGrant(usages: readonly ReportedUsage[]): ReportedUsage[] {
  return [...new Map(usages.map((usage) => [usage.grantId, usage])).values()];
}
