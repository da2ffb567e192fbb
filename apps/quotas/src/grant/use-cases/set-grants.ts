import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { grantSetV1 } from '@jinku/contracts';
import { Outbox } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { grantable, type Quota } from '../../quota/domain/quota.ts';
import { planGrants } from '../domain/plan-grants.ts';
import { GrantRepository } from '../persistence/grant.repository.ts';

/** Plans the grants of a house anew and tells their holders. The caller holds the lock on the house's quota. */
@Injectable()
export class SetGrants {
  constructor(
    private readonly grants: GrantRepository,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, quota: Quota): Promise<void> {
    const grants = await this.grants.list(tx, quota.clearingHouse);
    const changes = planGrants(grantable(quota), grants);
    if (changes.length === 0) return;
    const setAt = this.clock.now();
    await this.grants.change(tx, changes, setAt);
    const grantOf = new Map(grants.map((grant) => [grant.id, grant]));
    await this.outbox.addMany(
      tx,
      grantSetV1,
      changes.map((change) => ({
        grantId: change.grantId,
        clearingHouse: quota.clearingHouse,
        holder: grantOf.get(change.grantId)?.holder ?? 'PAYOUTS',
        shard: grantOf.get(change.grantId)?.shard ?? 0,
        epoch: change.epoch,
        grantedTotal: formatAmount(change.grantedTotal),
        setAt: setAt.toISOString(),
      })),
    );
  }
}
