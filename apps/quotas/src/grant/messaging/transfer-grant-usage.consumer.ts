import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { transferGrantUsageReportedV1, type TransferGrantUsageReportedV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { RecordGrantUsage } from '../use-cases/record-grant-usage.ts';
import { usageOf } from './grant-usage.consumer.ts';

/** What fund-downs have done with their grant of each house; the dates of what they consumed come with each leg. */
@Controller()
export class TransferGrantUsageConsumer {
  constructor(private readonly recordGrantUsage: RecordGrantUsage) {}

  @MessageBatchHandler({ consumer: 'quotas.transfer-grant-usage', contracts: [transferGrantUsageReportedV1] })
  async handle(@Payload() batch: MessageBatch<TransferGrantUsageReportedV1>): Promise<void> {
    await this.recordGrantUsage.execute(batch.tx, batch.messages.map(({ data }) => usageOf(data)));
  }
}
