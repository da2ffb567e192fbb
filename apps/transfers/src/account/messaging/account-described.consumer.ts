import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { accountDescribedV1, type AccountDescribedV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { AccountRepository } from '../persistence/account.repository.ts';

@Controller()
export class AccountDescribedConsumer {
  constructor(private readonly accounts: AccountRepository) {}

  @MessageBatchHandler({ consumer: 'transfers.accounts', contracts: [accountDescribedV1] })
  async handle(@Payload() batch: MessageBatch<AccountDescribedV1>): Promise<void> {
    for (const { data } of batch.messages) {
      const { accountId: id, subtype = null, connectorType = null, describedAt, ...told } = data;
      await this.accounts.follow(batch.tx, { ...told, id, subtype, connectorType }, new Date(describedAt));
    }
  }
}
