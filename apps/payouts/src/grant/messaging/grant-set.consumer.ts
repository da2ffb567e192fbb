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

  @MessageBatchHandler({ consumer: 'payouts.grants', contracts: [grantSetV1] })
  async handle(@Payload() batch: MessageBatch<GrantSetV1>): Promise<void> {
    await this.setGrants.execute(
      batch.tx,
      batch.messages.filter(({ data }) => data.holder === 'PAYOUTS').map(({ data }) => {
        const grantedTotal = parseAmount(data.grantedTotal);
        invariant(grantedTotal !== null, 'the contract has checked the amount');
        return { grantId: data.grantId, clearingHouse: data.clearingHouse, shard: data.shard, epoch: data.epoch, grantedTotal };
      }),
    );
  }
}
