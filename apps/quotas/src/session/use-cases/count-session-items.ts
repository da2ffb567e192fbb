import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { QuotaRepository } from '../../quota/persistence/quota.repository.ts';
import { SessionRepository } from '../persistence/session.repository.ts';
import { RecountHouse } from './recount-house.ts';

export interface SessionItem {
  readonly kind: 'FUND_DOWN' | 'RETURN';
  /** Names it for ever: the house's own id of a return, the movement's of a fund-down. */
  readonly reference: string;
  readonly clearingHouse: ClearingHouse;
  readonly clearingDate: string;
  readonly amount: bigint;
}

/** Counts what came back over a house, and what a house paid for transfers, in the session of its date: each once. */
@Injectable()
export class CountSessionItems {
  constructor(
    private readonly quotas: QuotaRepository,
    private readonly sessions: SessionRepository,
    private readonly recount: RecountHouse,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, items: readonly SessionItem[]): Promise<void> {
    for (const clearingHouse of [...new Set(items.map((item) => item.clearingHouse))].toSorted()) {
      await this.quotas.lock(tx, clearingHouse);
      const ofHouse = items.filter((item) => item.clearingHouse === clearingHouse);
      const at = this.clock.now();
      await this.sessions.ensure(tx, clearingHouse, [...new Set(ofHouse.map(({ clearingDate }) => clearingDate))], at);
      for (const item of ofHouse) await this.sessions.insertItem(tx, { ...item, at });
      await this.recount.execute(tx, clearingHouse);
    }
  }
}
