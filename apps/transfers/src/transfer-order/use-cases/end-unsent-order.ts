import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { ClearingHouse } from '@jinku/contracts';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { PositionRepository } from '../../account/persistence/position.repository.ts';
import { ReportGrantUsage } from '../../grant/use-cases/report-grant-usage.ts';
import { transferLegStates } from '../domain/transfer-leg-state.ts';
import type { TransferOrder } from '../domain/transfer-order.ts';
import { TRANSFER_REFUSALS } from '../domain/transfer-refusals.ts';
import { TransferLegRepository } from '../persistence/transfer-leg.repository.ts';
import { TransferOrderRepository, type OrderMove } from '../persistence/transfer-order.repository.ts';

/** Ends an order none of whose money can have left, and frees what it held. The caller holds the order's lock. */
@Injectable()
export class EndUnsentOrder {
  constructor(
    private readonly orders: TransferOrderRepository,
    private readonly legs: TransferLegRepository,
    private readonly positions: PositionRepository,
    private readonly reportGrantUsage: ReportGrantUsage,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, order: TransferOrder, { event, personId, reason = null }: Omit<OrderMove, 'at'>): Promise<void> {
    const at = this.clock.now();
    for (const leg of await this.legs.ofOrder(tx, order.id)) {
      if (!transferLegStates.canMove(leg.state, 'cancel')) throw TRANSFER_REFUSALS.TRANSFER_HAS_LEFT({ detail: `Leg ${leg.legNumber} is ${leg.state}.` });
      const source = personId === undefined ? 'SERVICE' : 'PERSON';
      await this.legs.move(tx, leg, 'CANCELLED', { serialNumber: null, source, outcome: null, code: null, at });
    }
    await this.orders.move(tx, order, { event, at, reason, ...(personId === undefined ? {} : { personId }) });
    await this.positions.release(tx, order.id, at);
    if (order.means === 'NETSUNION_PAYOUT') await this.reportGrantUsage.execute(tx, ClearingHouse.NETSUNION);
  }
}
