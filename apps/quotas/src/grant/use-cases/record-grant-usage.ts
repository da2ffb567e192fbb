import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import type { Tx } from '@jinku/persistence';
import { QuotaRepository } from '../../quota/persistence/quota.repository.ts';
import { GrantRepository, type GrantUsage } from '../persistence/grant.repository.ts';
import { SetGrants } from './set-grants.ts';

/** Takes what the shards have told and, when a queue needs more or gave something back, sets the grants of that house anew. */
@Injectable()
export class RecordGrantUsage {
  constructor(
    private readonly quotas: QuotaRepository,
    private readonly grants: GrantRepository,
    private readonly setGrants: SetGrants,
  ) {}

  async execute(tx: Tx, usages: readonly (GrantUsage & { readonly clearingHouse: ClearingHouse })[]): Promise<void> {
    for (const clearingHouse of new Set(usages.map((usage) => usage.clearingHouse))) {
      const quota = await this.quotas.lock(tx, clearingHouse);
      await this.grants.recordUsage(tx, newestByGrant(usages.filter((usage) => usage.clearingHouse === clearingHouse)));
      if (quota !== null) await this.setGrants.execute(tx, quota);
    }
  }
}

/** A batch may hold several reports of one grant, in order; an UPDATE takes one row each. */
function newestByGrant(usages: readonly GrantUsage[]): GrantUsage[] {
  return [...new Map(usages.map((usage) => [usage.grantId, usage])).values()];
}
