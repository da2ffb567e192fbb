import { Injectable } from '@nestjs/common';
import type { RailNoticeReceivedV1 } from '@jinku/contracts';
import { parseAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { decideOnWord } from '../domain/attempt-outcome.ts';
import { ReturnRepository } from '../persistence/return.repository.ts';
import { RecordOutcomes, type ToldOutcome } from './record-outcomes.ts';

/** What the rail told by itself: results of payouts that were accepted or lost, and money that came back after a success. */
@Injectable()
export class RecordNotices {
  constructor(
    private readonly record: RecordOutcomes,
    private readonly returns: ReturnRepository,
  ) {}

  async execute(tx: Tx, notices: readonly RailNoticeReceivedV1[]): Promise<void> {
    const returned = notices.filter((notice) => notice.kind === 'PAYOUT_RETURNED');
    // The payout stays SUCCEEDED: a return is an event of its own.
    await this.returns.insertMany(
      tx,
      returned.map(({ noticeId, serialNumber, amount, clearingDate, railReference, occurredAt }) => ({
        noticeId,
        serialNumber,
        amountMinor: parseAmount(amount ?? '') ?? 0n,
        clearingDate: clearingDate ?? null,
        railReference: railReference ?? null,
        occurredAt: new Date(occurredAt),
      })),
    );
    const told = notices.flatMap((notice) => toldBy(notice));
    if (told.length > 0) await this.record.execute(tx, told);
  }
}

function toldBy(notice: RailNoticeReceivedV1): ToldOutcome[] {
  const { kind, outcome, amount } = notice;
  if (kind !== 'PAYOUT_RESULT' || (outcome !== 'SUCCEEDED' && outcome !== 'FAILED')) return [];
  const amountMinor = parseAmount(amount ?? '');
  return [
    {
      serialNumber: notice.serialNumber,
      decision: decideOnWord(outcome, 'NOTICE'),
      source: 'NOTICE',
      outcome,
      code: notice.code ?? null,
      railReference: notice.railReference ?? null,
      clearingDate: notice.clearingDate ?? null,
      // A notice without an amount fits no attempt: it is put before a person, and the attempt is inquired about.
      amountMinor: amountMinor ?? -1n,
    },
  ];
}
