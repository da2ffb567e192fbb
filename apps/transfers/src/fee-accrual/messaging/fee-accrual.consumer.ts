import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { reportFeeAccrualV1, unjudged } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { FollowFeeAccruals } from '../use-cases/follow-fee-accruals.ts';

@Controller()
export class FeeAccrualConsumer {
  constructor(private readonly followFeeAccruals: FollowFeeAccruals) {}

  @MessageBatchHandler({ consumer: 'transfers.fee-accruals', contracts: [unjudged(reportFeeAccrualV1)] })
  async handle(@Payload() batch: MessageBatch): Promise<void> {
    await this.followFeeAccruals.execute(batch.tx, batch.messages);
  }
}
