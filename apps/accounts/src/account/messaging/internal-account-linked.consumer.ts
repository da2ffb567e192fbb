import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { internalAccountLinkedV1, type InternalAccountLinkedV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { FollowLink } from '../use-cases/follow-link.ts';

@Controller()
export class InternalAccountLinkedConsumer {
  constructor(private readonly followLink: FollowLink) {}

  @MessageBatchHandler({ consumer: 'accounts.links', contracts: [internalAccountLinkedV1] })
  async handle(@Payload() batch: MessageBatch<InternalAccountLinkedV1>): Promise<void> {
    await this.followLink.execute(batch.tx, batch.messages.map(({ data }) => data));
  }
}
