import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { PositionRepository } from '../../account/persistence/position.repository.ts';
import type { TransferLeg, TransferOrder } from '../domain/transfer-order.ts';
import { TransferLegRepository, type LegNote } from '../persistence/transfer-leg.repository.ts';
import { TransferOrderRepository } from '../persistence/transfer-order.repository.ts';

/**
 * A leg definitely moved nothing. A person's order waits for a person, holding what it reserved; a rule's order ends, and the rule judges anew once
 * it has cooled down.
 */
@Injectable()
export class StopLeg {
  constructor(
    private readonly orders: TransferOrderRepository,
    private readonly legs: TransferLegRepository,
    private readonly positions: PositionRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, { order, leg }: { order: TransferOrder; leg: TransferLeg }, { because, ...note }: Omit<LegNote, 'at' | 'code'> & { because: string }): Promise<void> {
    const at = this.clock.now();
    await this.legs.move(tx, leg, 'NOT_MOVED', { ...note, code: because, at });
    await this.orders.move(tx, order, { event: order.rule === null ? 'stop' : 'fail', at, reason: because });
    if (order.rule !== null) await this.positions.release(tx, order.id, at);
  }
}
