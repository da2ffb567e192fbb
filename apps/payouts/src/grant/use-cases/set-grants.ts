import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { DispatchBell } from '../../payout/domain/dispatch-bell.ts';
import { GrantRepository } from '../persistence/grant.repository.ts';
import { ReportGrantUsage } from './report-grant-usage.ts';

export interface GrantOrder {
  readonly grantId: string;
  readonly clearingHouse: ClearingHouse;
  readonly shard: number;
  readonly epoch: number;
  readonly grantedTotal: bigint;
}

/** Takes what quotas grants or recalls, and answers each new epoch with what the shard holds itself to from now on. */
@Injectable()
export class SetGrants {
  constructor(
    private readonly grants: GrantRepository,
    private readonly report: ReportGrantUsage,
    private readonly bell: DispatchBell,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, orders: readonly GrantOrder[]): Promise<void> {
    const newest = new Map<string, GrantOrder>();
    for (const order of orders) if (order.epoch > (newest.get(order.grantId)?.epoch ?? 0)) newest.set(order.grantId, order);
    // In one order, for claims and conclusions lock the same rows.
    for (const order of [...newest.values()].sort((a, b) => (a.grantId < b.grantId ? -1 : 1))) {
      if (!(await this.grants.set(tx, order, this.clock.now()))) continue;
      const grant = await this.grants.find(tx, order.grantId);
      if (grant !== null) await this.report.tell(tx, [grant]);
    }
    tx.afterCommit(() => this.bell.ring());
  }
}
