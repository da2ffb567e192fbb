import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { transferGrantUsageReportedV1 as grantUsageReportedV1, type ClearingHouse } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { GrantRepository } from '../persistence/grant.repository.ts';

/** Tells quotas what fund-downs have done with their grant and what they need, as it stands in this transaction. */
@Injectable()
export class ReportGrantUsage {
  constructor(
    private readonly grants: GrantRepository,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, clearingHouse: ClearingHouse): Promise<void> {
    const grant = await this.grants.lock(tx, clearingHouse);
    if (grant === null) return;
    await this.outbox.add(tx, grantUsageReportedV1, {
      grantId: grant.grantId,
      clearingHouse,
      epoch: grant.epoch,
      grantedTotal: formatAmount(grant.grantedMinor),
      consumedTotal: formatAmount(grant.consumedMinor),
      reserved: formatAmount(grant.reservedMinor),
      need: formatAmount(grant.needMinor),
      reportedAt: this.clock.now().toISOString(),
    });
  }
}
