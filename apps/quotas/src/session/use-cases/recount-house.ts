import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { SetGrants } from '../../grant/use-cases/set-grants.ts';
import { QuotaPolicyRepository } from '../../policy/persistence/quota-policy.repository.ts';
import { houseBook } from '../../position/domain/house-book.ts';
import { QuotaRepository } from '../../quota/persistence/quota.repository.ts';
import { SessionRepository } from '../persistence/session.repository.ts';

/** Counts anew what of a house's sessions is quota and what the mapping holds already (I2), and sets the grants by it. The caller holds the lock. */
@Injectable()
export class RecountHouse {
  constructor(
    private readonly quotas: QuotaRepository,
    private readonly sessions: SessionRepository,
    private readonly policies: QuotaPolicyRepository,
    private readonly setGrants: SetGrants,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, clearingHouse: ClearingHouse): Promise<void> {
    const policy = (await this.policies.inForce(tx, businessDateOf(this.clock.now()))).houses[clearingHouse];
    const sessions = await this.sessions.listUnreflected(tx, clearingHouse);
    const { receiptsCounted } = houseBook({ policy, mapped: 0n, pendingDecreases: 0n, reserved: 0n, sessions });
    await this.quotas.setCounted(tx, clearingHouse, { receiptsCounted, reflectedTotal: await this.sessions.reflectedTotal(tx, clearingHouse) });
    const quota = await this.quotas.lock(tx, clearingHouse);
    if (quota !== null) await this.setGrants.execute(tx, quota);
  }
}
