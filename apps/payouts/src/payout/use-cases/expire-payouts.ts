import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { invariant } from '@jinku/errors';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { PayoutRepository } from '../persistence/payout.repository.ts';
import { QueueRepository } from '../persistence/queue.repository.ts';
import { resultOf, TellResults } from './tell-results.ts';

const EXPIRED_MAX = 500;

/** Takes payouts out of the queue whose latest time has passed while they waited. */
@Injectable()
export class ExpirePayouts {
  constructor(
    private readonly database: Database,
    private readonly queue: QueueRepository,
    private readonly payouts: PayoutRepository,
    private readonly tell: TellResults,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers how many expired; ask again until none does. */
  async execute(): Promise<number> {
    const now = this.clock.now();
    return this.database.transaction(async (tx) => {
      const payoutIds = await this.queue.takeExpired(tx, { now, countMax: EXPIRED_MAX });
      const moved = await this.payouts.moveMany(
        tx,
        payoutIds.map((payoutId) => ({ payoutId, event: 'expire', reasonCode: 'LATEST_BY_PASSED', railReference: null })),
        now,
      );
      invariant(moved.length === payoutIds.length, 'a payout with a queue entry is QUEUED');
      await this.tell.execute(tx, moved.map((payout) => resultOf(payout, now.toISOString())));
      return moved.length;
    });
  }
}
