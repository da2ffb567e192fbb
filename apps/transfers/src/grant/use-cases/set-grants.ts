import { Injectable } from '@nestjs/common';
import { Doorbells } from '@jinku/jobs';
import type { Tx } from '@jinku/persistence';
import { GrantRepository, type GrantOrder } from '../persistence/grant.repository.ts';
import { ReportGrantUsage } from './report-grant-usage.ts';

/** Takes what quotas grants or recalls, and answers each new epoch with what fund-downs hold themselves to from now on. */
@Injectable()
export class SetGrants {
  constructor(
    private readonly grants: GrantRepository,
    private readonly report: ReportGrantUsage,
    private readonly doorbells: Doorbells,
  ) {}

  async execute(tx: Tx, orders: readonly GrantOrder[]): Promise<void> {
    const newest = new Map<string, GrantOrder>();
    for (const order of orders) if (order.epoch > (newest.get(order.grantId)?.epoch ?? 0)) newest.set(order.grantId, order);
    for (const order of [...newest.values()].sort((a, b) => (a.grantId < b.grantId ? -1 : 1))) {
      if (await this.grants.set(tx, order)) await this.report.execute(tx, order.clearingHouse);
    }
    tx.afterCommit(() => this.doorbells.ring('transfers.advance'));
  }
}
