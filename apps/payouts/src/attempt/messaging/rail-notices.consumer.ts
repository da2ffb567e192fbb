import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { railNoticeReceivedV1, type RailNoticeReceivedV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { RecordNotices } from '../use-cases/record-notices.ts';

@Controller()
export class RailNoticesConsumer {
  constructor(private readonly recordNotices: RecordNotices) {}

  @MessageBatchHandler({ consumer: 'payouts.rail-notices', contracts: [railNoticeReceivedV1] })
  async handle(@Payload() batch: MessageBatch<RailNoticeReceivedV1>): Promise<void> {
    await this.recordNotices.execute(batch.tx, batch.messages.map(({ data }) => data));
  }
}
