import { Injectable } from '@nestjs/common';
import { ClearingHouse, legSettledV1, LegEffect } from '@jinku/contracts';
import { Outbox, uuidv7 } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import type { TransferLeg, TransferOrder } from '../domain/transfer-order.ts';
import { TransferLegRepository } from '../persistence/transfer-leg.repository.ts';

export interface MadeDefinite {
  readonly serialNumber: string;
  readonly effects: readonly LegEffect[];
  readonly valueDate: string;
  readonly at: Date;
}

/** Records what became definite about a leg's money and tells it: the table takes each effect of a leg once. */
@Injectable()
export class TellLegMovements {
  constructor(
    private readonly legs: TransferLegRepository,
    private readonly outbox: Outbox,
  ) {}

  async execute(tx: Tx, { order, leg }: { order: TransferOrder; leg: TransferLeg }, { serialNumber, effects, valueDate, at }: MadeDefinite): Promise<void> {
    for (const effect of effects) {
      const movementId = uuidv7();
      const accountId = effect === LegEffect.SENT || effect === LegEffect.CAME_BACK ? order.payerAccountId : order.payeeAccountId;
      await this.legs.insertMovement(tx, leg, { movementId, serialNumber, effect, accountId, valueDate, settledAt: at });
      await this.outbox.add(tx, legSettledV1, {
        movementId,
        orderId: order.id,
        legNumber: leg.legNumber,
        effect,
        accountId,
        ...(effect === LegEffect.PAID_BY_HOUSE ? { clearingHouse: ClearingHouse.NETSUNION } : {}),
        amount: formatAmount(leg.amountMinor),
        purpose: order.purpose,
        serialNumber,
        valueDate,
        settledAt: at.toISOString(),
      });
    }
  }
}
