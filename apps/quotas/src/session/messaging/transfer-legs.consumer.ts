import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { legSettledV1, type LegSettledV1 } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { parseAmount } from '@jinku/money';
import { PositionRepository } from '../../position/persistence/position.repository.ts';
import { CountSessionItems, type SessionItem } from '../use-cases/count-session-items.ts';

/** What moved for transfers: fund-downs that a clearing house paid stand in its session as payouts do, bank legs are in transit for a while. */
@Controller()
export class TransferLegsConsumer {
  constructor(
    private readonly countSessionItems: CountSessionItems,
    private readonly positions: PositionRepository,
  ) {}

  @MessageBatchHandler({ consumer: 'quotas.transfer-legs', contracts: [legSettledV1] })
  async handle(@Payload() { tx, messages }: MessageBatch<LegSettledV1>): Promise<void> {
    const items = messages.flatMap(({ data }): SessionItem[] => {
      if (data.effect !== 'PAID_BY_HOUSE' || data.clearingHouse === undefined) return [];
      const amount = parseAmount(data.amount);
      invariant(amount !== null, 'the contract has checked the amount');
      return [{ kind: 'FUND_DOWN', reference: data.movementId, clearingHouse: data.clearingHouse, clearingDate: data.valueDate, amount }];
    });
    if (items.length > 0) await this.countSessionItems.execute(tx, items);
    for (const { data } of messages) {
      const amount = parseAmount(data.amount) ?? 0n;
      if (data.effect === 'PAID_BY_HOUSE') continue;
      await this.positions.insertTransit(tx, { ...data, amount: data.effect === 'SENT' ? amount : -amount });
    }
  }
}
