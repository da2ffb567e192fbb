import { Controller, Inject } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import type { Clock } from '@jinku/calendar';
import { payoutResultsReportedV1, type PayoutResultsReportedV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { CLOCK } from '@jinku/service';
import { ResultMessageRepository } from '../persistence/result-message.repository.ts';

/** Readers poll this door: a quarter of a second for company costs them nothing. */
const FETCH_MIN_BYTES = 131_072;

/** Keeps each message of results as it is, one row a message, for clients that read at the door instead of on Kafka. */
@Controller()
export class PayoutResultsConsumer {
  constructor(
    private readonly results: ResultMessageRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @MessageBatchHandler({ consumer: 'gateway.payout-results', contracts: [payoutResultsReportedV1], fetchMinBytes: FETCH_MIN_BYTES })
  async handle(@Payload() batch: MessageBatch<PayoutResultsReportedV1>): Promise<void> {
    if (batch.messages.length === 0) return;
    await this.results.insertMany(
      batch.tx,
      batch.messages.map(({ id, data, body }) => ({ clientId: data.clientId, messageId: id, body })),
      new Date(this.clock.wallNow()),
    );
  }
}
