import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { reportFeeAccrualV1, type ReportFeeAccrualV1 } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { parseAmount } from '@jinku/money';
import { FeeAccrualRepository } from '../persistence/fee-accrual.repository.ts';

@Controller()
export class FeeAccrualConsumer {
  constructor(private readonly accruals: FeeAccrualRepository) {}

  @MessageBatchHandler({ consumer: 'transfers.fee-accruals', contracts: [reportFeeAccrualV1] })
  async handle(@Payload() batch: MessageBatch<ReportFeeAccrualV1>): Promise<void> {
    for (const { data } of batch.messages) {
      const accruedMinor = parseAmount(data.accruedTotal);
      invariant(accruedMinor !== null, 'the contract has checked the amount');
      await this.accruals.follow(batch.tx, { sequence: data.sequence, accruedMinor, asOf: new Date(data.asOf) });
    }
  }
}
