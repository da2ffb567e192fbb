import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { grantUsageReportedV1, type GrantUsageReportedV1 } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { parseAmount } from '@jinku/money';
import { RecordGrantUsage, type ReportedUsage } from '../use-cases/record-grant-usage.ts';

@Controller()
export class GrantUsageConsumer {
  constructor(private readonly recordGrantUsage: RecordGrantUsage) {}

  @MessageBatchHandler({ consumer: 'quotas.grant-usage', contracts: [grantUsageReportedV1] })
  async handle(@Payload() batch: MessageBatch<GrantUsageReportedV1>): Promise<void> {
    await this.recordGrantUsage.execute(
      batch.tx,
      batch.messages.map(({ data }) => ({
        ...usageOf(data),
        byDate: (data.consumedByDate ?? []).map(({ clearingDate, total, count }) => ({ grantId: data.grantId, clearingDate, total: minorOf(total), count })),
      })),
    );
  }
}

type TotalsOfGrant = Pick<GrantUsageReportedV1, 'grantId' | 'clearingHouse' | 'epoch' | 'grantedTotal' | 'consumedTotal' | 'reserved' | 'need' | 'reportedAt'>;

/** The same figures whoever holds the grant. */
export function usageOf(data: TotalsOfGrant): ReportedUsage {
  return {
    grantId: data.grantId,
    clearingHouse: data.clearingHouse,
    acceptedEpoch: data.epoch,
    acceptedTotal: minorOf(data.grantedTotal),
    consumedTotal: minorOf(data.consumedTotal),
    reserved: minorOf(data.reserved),
    need: minorOf(data.need),
    reportedAt: new Date(data.reportedAt),
    byDate: [],
  };
}

function minorOf(text: string): bigint {
  const minor = parseAmount(text);
  invariant(minor !== null, 'the contract has checked the amount');
  return minor;
}
