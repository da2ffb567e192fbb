import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { receiptsCountedV1, sessionAdvancedV1, type ReceiptsCountedV1, type SessionAdvancedV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { CounterpartRepository } from '../persistence/counterpart.repository.ts';

@Controller()
export class QuotaEventsConsumer {
  constructor(private readonly counterparts: CounterpartRepository) {}

  @MessageBatchHandler({ consumer: 'audit.sessions', contracts: [receiptsCountedV1, sessionAdvancedV1] })
  async handle(@Payload() { tx, messages }: MessageBatch): Promise<void> {
    const counted = messages.filter(({ type }) => type === receiptsCountedV1.name).map(({ data }) => data as ReceiptsCountedV1);
    const advanced = messages.filter(({ type }) => type === sessionAdvancedV1.name).map(({ data }) => data as SessionAdvancedV1);
    await this.counterparts.upsertReceipts(tx, counted);
    await this.counterparts.upsertSessions(tx, advanced);
  }
}
