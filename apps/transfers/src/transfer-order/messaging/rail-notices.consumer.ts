import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { railNoticeReceivedV1, type RailNoticeReceivedV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { parseAmount } from '@jinku/money';
import { SERIAL_NUMBER_ISSUER } from '../../config.ts';
import { RecordLegOutcome, type LegWord } from '../use-cases/record-leg-outcome.ts';

/** Where a serial number says who drew it: after the institution and the business date. */
const ISSUER_AT = 16;

/** What rails tell by themselves of our numbers: the result of a fund-down, and money of a sweep that reached the central reserve. */
@Controller()
export class RailNoticesConsumer {
  constructor(private readonly recordOutcome: RecordLegOutcome) {}

  @MessageBatchHandler({ consumer: 'transfers.rail-notices', contracts: [railNoticeReceivedV1] })
  async handle(@Payload() batch: MessageBatch<RailNoticeReceivedV1>): Promise<void> {
    for (const { data } of batch.messages) {
      const word = wordOf(data);
      // Nearly all notices are of payouts: the number itself tells, without asking the database.
      if (word !== null && word.serialNumber.charAt(ISSUER_AT) === String(SERIAL_NUMBER_ISSUER)) await this.recordOutcome.execute(batch.tx, word);
    }
  }
}

function wordOf({ kind, serialNumber, outcome, code, railReference, amount, clearingDate, reserve }: RailNoticeReceivedV1): LegWord | null {
  // A notice without an amount fits no leg, and decides nothing.
  const common = { source: 'NOTICE', code: code ?? null, railReference: railReference ?? null, amountMinor: parseAmount(amount ?? '') ?? -1n, clearingDate } as const;
  if (kind === 'PAYOUT_RESULT' && outcome !== undefined) return { ...common, serialNumber, outcome };
  if (kind === 'PAYOUT_RETURNED') return { ...common, serialNumber, outcome: 'RETURNED' };
  if (kind !== 'RESERVE_MOVED' || reserve?.direction !== 'CREDIT' || reserve.payerReference === undefined) return null;
  return { ...common, serialNumber: reserve.payerReference, outcome: 'ARRIVED', code: null };
}
