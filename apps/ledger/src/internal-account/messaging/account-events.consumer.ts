import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import {
  accountClosingClearedV1,
  accountOpenedV1,
  accountRenamedV1,
  accountStateChangedV1,
  type AccountClosingClearedV1,
  type AccountOpenedV1,
  type AccountRenamedV1,
  type AccountStateChangedV1,
} from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { FollowRegisteredAccounts } from '../use-cases/follow-registered-accounts.ts';

@Controller()
export class AccountEventsConsumer {
  constructor(private readonly follow: FollowRegisteredAccounts) {}

  @MessageBatchHandler({ consumer: 'ledger.internal-accounts', contracts: [accountOpenedV1, accountRenamedV1, accountStateChangedV1, accountClosingClearedV1] })
  async handle(@Payload() { tx, messages }: MessageBatch): Promise<void> {
    for (const { type, data } of messages) {
      if (type === accountOpenedV1.name) await this.follow.open(tx, data as AccountOpenedV1);
      else if (type === accountRenamedV1.name) await this.follow.rename(tx, data as AccountRenamedV1);
      else if (type === accountStateChangedV1.name) await this.follow.changeState(tx, data as AccountStateChangedV1);
      else await this.follow.close(tx, data as AccountClosingClearedV1);
    }
  }
}
