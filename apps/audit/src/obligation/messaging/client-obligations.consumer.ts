import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { reportClientObligationsV1, unjudged } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { FollowObligations } from '../use-cases/follow-obligations.ts';

@Controller()
export class ClientObligationsConsumer {
  constructor(private readonly followObligations: FollowObligations) {}

  @MessageBatchHandler({ consumer: 'audit.obligations', contracts: [unjudged(reportClientObligationsV1)] })
  async handle(@Payload() batch: MessageBatch): Promise<void> {
    await this.followObligations.execute(batch.tx, batch.messages);
  }
}
