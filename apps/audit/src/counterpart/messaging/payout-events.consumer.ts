import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { attemptsConcludedV1, payoutsReturnedV1, type AttemptsConcludedV1, type PayoutsReturnedV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { CounterpartRepository } from '../persistence/counterpart.repository.ts';

/** Nobody waits for this copy, so it is written in few large batches. */
const FETCH_MIN_BYTES = 262_144;

@Controller()
export class PayoutEventsConsumer {
  constructor(private readonly counterparts: CounterpartRepository) {}

  @MessageBatchHandler({ consumer: 'audit.payouts', contracts: [attemptsConcludedV1, payoutsReturnedV1], fetchMinBytes: FETCH_MIN_BYTES })
  async handle(@Payload() { tx, messages }: MessageBatch): Promise<void> {
    const concluded = messages.filter(({ type }) => type === attemptsConcludedV1.name).map(({ data }) => data as AttemptsConcludedV1);
    const returned = messages.filter(({ type }) => type === payoutsReturnedV1.name).map(({ data }) => data as PayoutsReturnedV1);
    await this.counterparts.insertPayouts(tx, concluded);
    await this.counterparts.insertReturns(tx, returned);
  }
}
