import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { positionObservedV1 } from '@jinku/contracts';
import { Outbox, uuidv7 } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { judgeObservation } from '../domain/position.ts';
import { PositionRepository, type ObservedPosition } from '../persistence/position.repository.ts';

/** Keeps what a bank or the central bank told of an account, and tells others. The same balance again is kept once: only its age begins anew. */
@Injectable()
export class RecordPosition {
  constructor(
    private readonly positions: PositionRepository,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute(tx: Tx, given: Omit<ObservedPosition, 'id'>): Promise<void> {
    const observed = { ...given, id: uuidv7() };
    const now = this.clock.now();
    const known = await this.positions.lock(tx, given.accountId);
    const { isNews, isChanged, isTold } = judgeObservation(known, given, now);
    if (!isNews) return;
    if (isChanged) await this.positions.insertObservation(tx, observed, now);
    await this.positions.upsert(tx, observed, isTold ? now : (known?.toldAt ?? now));
    if (!isTold) return;
    if (given.balance < 0n) {
      // The contract has no balance below zero: no rule may act on an overdrawn account, a person has to.
      this.log.error('position-below-zero', { accountId: given.accountId });
      return;
    }
    await this.outbox.add(tx, positionObservedV1, {
      observationId: observed.id,
      accountId: given.accountId,
      balance: formatAmount(given.balance),
      source: given.source,
      asOf: given.asOf.toISOString(),
      observedAt: now.toISOString(),
    });
  }
}
