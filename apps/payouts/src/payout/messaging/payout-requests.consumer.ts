import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { anyPayoutRequestsV1 } from '../domain/client-message.ts';
import { AdmitMessages } from '../use-cases/admit-messages.ts';

/** A message holds up to 500 requests, so a batch of messages stays small. */
const MESSAGES_MAX = 64;

@Controller()
export class PayoutRequestsConsumer {
  constructor(private readonly admitMessages: AdmitMessages) {}

  @MessageBatchHandler({ consumer: 'payouts.requests', contracts: [anyPayoutRequestsV1], maxBatch: MESSAGES_MAX })
  async handle(@Payload() batch: MessageBatch): Promise<void> {
    await this.admitMessages.execute(batch.tx, batch.messages);
  }
}
