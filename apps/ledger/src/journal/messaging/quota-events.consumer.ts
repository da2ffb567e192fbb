import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { businessDateOf } from '@jinku/calendar';
import { quotaObservedV1, receiptsCountedV1, sessionAdvancedV1, type QuotaObservedV1, type ReceiptsCountedV1, type SessionAdvancedV1 } from '@jinku/contracts';
import { MessageBatchHandler, uuidv7, type Envelope, type MessageBatch } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { entriesOfQuota } from '../../posting-rule/domain/quota-entries.ts';
import { RuleBook } from '../../posting-rule/persistence/rule-book.ts';
import type { EntryDraft } from '../domain/journal-entry.ts';
import { BookClearing } from '../use-cases/book-clearing.ts';
import { PostEntries } from '../use-cases/post-entries.ts';

@Controller()
export class QuotaEventsConsumer {
  constructor(
    private readonly postEntries: PostEntries,
    private readonly bookClearing: BookClearing,
    private readonly rules: RuleBook,
  ) {}

  @MessageBatchHandler({ consumer: 'ledger.quota-entries', contracts: [quotaObservedV1, receiptsCountedV1, sessionAdvancedV1] })
  async handle(@Payload() { tx, messages }: MessageBatch): Promise<void> {
    const entries: EntryDraft[] = [];
    for (const message of messages) entries.push(...(await this.entriesOf(tx, message)));
    await this.postEntries.execute(tx, entries);
  }

  private async entriesOf(tx: Tx, message: Envelope): Promise<EntryDraft[]> {
    if (message.type === receiptsCountedV1.name) return this.bookClearing.receipts(tx, message.data as ReceiptsCountedV1);
    if (message.type === sessionAdvancedV1.name) return this.bookClearing.session(tx, message.data as SessionAdvancedV1);
    const data = message.data as QuotaObservedV1;
    return entriesOfQuota(data, { valueDate: businessDateOf(new Date(data.asOf)), newId: uuidv7, versionOf: this.rules.versionOf });
  }
}
