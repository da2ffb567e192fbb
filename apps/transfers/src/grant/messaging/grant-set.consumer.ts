import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { grantSetV1, type GrantSetV1 } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { parseAmount } from '@jinku/money';
import { SetGrants } from '../use-cases/set-grants.ts';

@Controller()
export class GrantSetConsumer {
  constructor(private readonly setGrants: SetGrants) {}

  @MessageBatchHandler({ consumer: 'transfers.grants', contracts: [grantSetV1] })
  async handle(@Payload() batch: MessageBatch<GrantSetV1>): Promise<void> {
    const orders = batch.messages.filter(({ data }) => data.holder === 'TRANSFERS').map(({ data }) => {
      const grantedMinor = parseAmount(data.grantedTotal);
      invariant(grantedMinor !== null, 'the contract has checked the amount');
      return { grantId: data.grantId, clearingHouse: data.clearingHouse, epoch: data.epoch, grantedMinor };
    });
    if (orders.length > 0) await this.setGrants.execute(batch.tx, orders);
  }
}
