import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { businessDateOf } from '@jinku/calendar';
import { quotaObservedV1, type QuotaObservedV1 } from '@jinku/contracts';
import { MessageBatchHandler, uuidv7, type MessageBatch } from '@jinku/messaging';
import { entriesOfQuota } from '../../posting-rule/domain/posting-rules.ts';
import { RuleBook } from '../../posting-rule/persistence/rule-book.ts';
import { PostEntries } from '../use-cases/post-entries.ts';

@Controller()
export class QuotaEventsConsumer {
  constructor(
    private readonly postEntries: PostEntries,
    private readonly rules: RuleBook,
  ) {}

  @MessageBatchHandler({ consumer: 'ledger.quota-entries', contracts: [quotaObservedV1] })
  async handle(@Payload() batch: MessageBatch<QuotaObservedV1>): Promise<void> {
    const entries = batch.messages.flatMap(({ data }) => entriesOfQuota(data, { valueDate: businessDateOf(new Date(data.asOf)), newId: uuidv7, versionOf: this.rules.versionOf }));
    await this.postEntries.execute(batch.tx, entries);
  }
}
