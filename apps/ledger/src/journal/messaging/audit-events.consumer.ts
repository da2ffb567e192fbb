import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { entriesRecognisedV1, type EntriesRecognisedV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { BookRecognisedEntries } from '../use-cases/book-recognised-entries.ts';

@Controller()
export class AuditEventsConsumer {
  constructor(private readonly bookRecognisedEntries: BookRecognisedEntries) {}

  @MessageBatchHandler({ consumer: 'ledger.recognised-entries', contracts: [entriesRecognisedV1] })
  async handle(@Payload() { tx, messages }: MessageBatch<EntriesRecognisedV1>): Promise<void> {
    await this.bookRecognisedEntries.execute(tx, messages.map(({ data }) => data));
  }
}
