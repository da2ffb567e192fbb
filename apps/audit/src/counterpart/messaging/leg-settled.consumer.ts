import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { legSettledV1, type LegSettledV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { CounterpartRepository } from '../persistence/counterpart.repository.ts';

@Controller()
export class LegSettledConsumer {
  constructor(private readonly counterparts: CounterpartRepository) {}

  @MessageBatchHandler({ consumer: 'audit.transfers', contracts: [legSettledV1] })
  async handle(@Payload() { tx, messages }: MessageBatch<LegSettledV1>): Promise<void> {
    await this.counterparts.insertMovements(tx, messages.map(({ data }) => data));
  }
}
