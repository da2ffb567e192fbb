import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { railNoticeReceivedV1, type RailNoticeReceivedV1 } from '@jinku/contracts';
import { Doorbells } from '@jinku/jobs';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { parseAmount } from '@jinku/money';
import { RecordAdjustmentOutcome } from '../use-cases/record-adjustment-outcome.ts';

/** What a house tells by itself of its quota. A figure is never taken from a notice: it is asked for anew. */
@Controller()
export class QuotaNoticesConsumer {
  constructor(
    private readonly recordOutcome: RecordAdjustmentOutcome,
    private readonly doorbells: Doorbells,
  ) {}

  @MessageBatchHandler({ consumer: 'quotas.rail-notices', contracts: [railNoticeReceivedV1] })
  async handle(@Payload() batch: MessageBatch<RailNoticeReceivedV1>): Promise<void> {
    const notices = batch.messages.map(({ data }) => data).filter(({ kind }) => kind === 'QUOTA_ADJUSTED' || kind === 'QUOTA_CHANGED');
    for (const { kind, serialNumber, outcome, code, railReference, amount } of notices) {
      if (kind !== 'QUOTA_ADJUSTED' || (outcome !== 'SUCCEEDED' && outcome !== 'FAILED')) continue;
      // A notice without an amount fits no adjustment, and decides nothing.
      const amountMinor = parseAmount(amount ?? '') ?? -1n;
      await this.recordOutcome.execute(batch.tx, { serialNumber, source: 'NOTICE', outcome, code: code ?? null, railReference: railReference ?? null, amountMinor });
    }
    if (notices.length > 0) batch.tx.afterCommit(() => this.doorbells.ring('quotas.collect'));
  }
}
