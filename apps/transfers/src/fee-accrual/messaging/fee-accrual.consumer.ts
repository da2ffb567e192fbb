import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { anyFeeAccrualV1 } from '../domain/fee-accrual-message.ts';
import { FollowFeeAccruals } from '../use-cases/follow-fee-accruals.ts';

@Controller()
export class FeeAccrualConsumer {
  constructor(private readonly followFeeAccruals: FollowFeeAccruals) {}

  @MessageBatchHandler({ consumer: 'transfers.fee-accruals', contracts: [anyFeeAccrualV1] })
  async handle(@Payload() batch: MessageBatch): Promise<void> {
    await this.followFeeAccruals.execute(batch.tx, batch.messages);
  }
}
