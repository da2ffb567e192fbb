import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { Tx } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { RAILS } from '../../config.ts';
import { Alert, reserveDifference } from '../../position/domain/institution-book.ts';
import { QuotaRepository } from '../../quota/persistence/quota.repository.ts';
import { BufferRepository, type ReserveMovement } from '../persistence/buffer.repository.ts';

/** Takes what is told of the central reserve, keeps the buffer by its movements, and judges I1 at each confirmed balance. */
@Injectable()
export class RecordReserve {
  constructor(
    private readonly buffers: BufferRepository,
    private readonly quotas: QuotaRepository,
    @Inject(RAILS) private readonly rails: readonly unknown[],
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  /** A balance by query. */
  async observe(tx: Tx, { balance, asOf }: { balance: bigint; asOf: Date }): Promise<void> {
    await this.#confirm(tx, { balance, asOf, source: 'QUERY' });
  }

  /** A movement by notice. It moves the buffer once, however often and late it is told; a mapping change moves nothing here (I4). */
  async move(tx: Tx, movement: ReserveMovement): Promise<void> {
    if (!(await this.buffers.insertReserveMovement(tx, movement))) return;
    const { openedAsOf } = await this.buffers.lock(tx);
    const { movementNumber, amount, occurredAt, balanceAfter } = movement;
    const isInOpening = openedAsOf !== null && occurredAt <= openedAsOf;
    if (!isInOpening) await this.buffers.move(tx, { kind: 'RESERVE_MOVED', amount, reference: movementNumber, clearingHouse: null, movedAt: occurredAt });
    await this.#confirm(tx, { balance: balanceAfter, asOf: occurredAt, source: 'NOTICE' });
  }

  async #confirm(tx: Tx, given: { balance: bigint; asOf: Date; source: 'QUERY' | 'NOTICE' }): Promise<void> {
    const known = await this.buffers.lock(tx);
    if (known.reserveAsOf === null || known.reserveAsOf <= given.asOf) await this.buffers.setReserve(tx, given);
    const earmarks = await this.quotas.earmarks(tx);
    if (known.balance === null) {
      // The buffer is what no house holds; while one house's mapping is not known yet, it is not known either.
      if (earmarks.length < this.rails.length) return;
      const amount = reserveDifference({ balance: given.balance, earmarks, buffer: 0n });
      await this.buffers.open(tx, { amount, asOf: given.asOf, movedAt: this.clock.now() });
      return;
    }
    const { reserveBalance, balance, differsSince } = await this.buffers.find(tx);
    const difference = reserveDifference({ balance: reserveBalance ?? 0n, earmarks, buffer: balance ?? 0n });
    await this.buffers.setDifference(tx, { difference, wallNow: new Date(this.clock.wallNow()) });
    if (difference !== 0n && differsSince === null) this.log.warn('reserve-differs', { alert: Alert.RESERVE_DIFFERS });
  }
}
