import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { legSettledV1, type LegSettledV1 } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { parseAmount } from '@jinku/money';
import { CountSessionItems, type SessionItem } from '../use-cases/count-session-items.ts';

/** Fund-downs that a clearing house paid: they stand in its session as payouts do. */
@Controller()
export class FundDownsConsumer {
  constructor(private readonly countSessionItems: CountSessionItems) {}

  @MessageBatchHandler({ consumer: 'quotas.fund-downs', contracts: [legSettledV1] })
  async handle(@Payload() { tx, messages }: MessageBatch<LegSettledV1>): Promise<void> {
    const items = messages.flatMap(({ data }): SessionItem[] => {
      if (data.effect !== 'PAID_BY_HOUSE' || data.clearingHouse === undefined) return [];
      const amount = parseAmount(data.amount);
      invariant(amount !== null, 'the contract has checked the amount');
      return [{ kind: 'FUND_DOWN', reference: data.movementId, clearingHouse: data.clearingHouse, clearingDate: data.valueDate, amount }];
    });
    if (items.length > 0) await this.countSessionItems.execute(tx, items);
  }
}
