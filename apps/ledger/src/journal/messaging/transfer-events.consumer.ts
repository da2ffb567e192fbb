import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { legSettledV1, type LegSettledV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { BookTransferLegs } from '../use-cases/book-transfer-legs.ts';

@Controller()
export class TransferEventsConsumer {
  constructor(private readonly bookTransferLegs: BookTransferLegs) {}

  @MessageBatchHandler({ consumer: 'ledger.transfer-entries', contracts: [legSettledV1] })
  async handle(@Payload() { tx, messages }: MessageBatch<LegSettledV1>): Promise<void> {
    await this.bookTransferLegs.execute(tx, messages.map(({ data }) => data));
  }
}
