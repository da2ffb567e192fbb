import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { DispatchBell } from '../domain/dispatch-bell.ts';
import { QueueRepository } from '../persistence/queue.repository.ts';

const UNDEFERRED_MAX = 500;

/** Puts payouts that waited before another attempt back at their place in the queue. */
@Injectable()
export class UndeferPayouts {
  constructor(
    private readonly database: Database,
    private readonly queue: QueueRepository,
    private readonly bell: DispatchBell,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Answers how many; ask again until none is due. */
  async execute(): Promise<number> {
    return this.database.transaction(async (tx) => {
      const count = await this.queue.undefer(tx, { now: this.clock.now(), countMax: UNDEFERRED_MAX });
      if (count > 0) tx.afterCommit(() => this.bell.ring());
      return count;
    });
  }
}
