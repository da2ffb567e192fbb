import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { anyCollectionsV1 } from '../domain/collection-message.ts';
import { CountCollections } from '../use-cases/count-collections.ts';

@Controller()
export class CollectionsConsumer {
  constructor(private readonly countCollections: CountCollections) {}

  @MessageBatchHandler({ consumer: 'quotas.collections', contracts: [anyCollectionsV1] })
  async handle(@Payload() batch: MessageBatch): Promise<void> {
    await this.countCollections.execute(batch.tx, batch.messages);
  }
}
