import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { accountOpenedV1, accountStateChangedV1, type AccountOpenedV1, type AccountStateChangedV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { FollowRegisteredAccounts } from '../use-cases/follow-registered-accounts.ts';

@Controller()
export class AccountEventsConsumer {
  constructor(private readonly follow: FollowRegisteredAccounts) {}

  @MessageBatchHandler({ consumer: 'ledger.internal-accounts', contracts: [accountOpenedV1, accountStateChangedV1] })
  async handle(@Payload() batch: MessageBatch): Promise<void> {
    for (const message of batch.messages) {
      if (message.type === accountOpenedV1.name) await this.follow.open(batch.tx, message.data as AccountOpenedV1);
      else await this.follow.changeState(batch.tx, message.data as AccountStateChangedV1);
    }
  }
}
