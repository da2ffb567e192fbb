import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { reportCollectionsV1, unjudged } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { CountCollections } from '../use-cases/count-collections.ts';

@Controller()
export class CollectionsConsumer {
  constructor(private readonly countCollections: CountCollections) {}

  @MessageBatchHandler({ consumer: 'quotas.collections', contracts: [unjudged(reportCollectionsV1)] })
  async handle(@Payload() batch: MessageBatch): Promise<void> {
    await this.countCollections.execute(batch.tx, batch.messages);
  }
}
