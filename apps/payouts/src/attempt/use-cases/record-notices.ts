import { Inject, Injectable } from '@nestjs/common';
import type { RailNoticeReceivedV1 } from '@jinku/contracts';
import { parseAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { PAYOUTS_CONFIG, SERIAL_NUMBER_ISSUER, type PayoutsConfig } from '../../config.ts';
import { decideOnWord } from '../domain/attempt-outcome.ts';
import type { ToldReturn } from '../domain/payout-return.ts';
import { RecordOutcomes, type ToldOutcome } from './record-outcomes.ts';
import { RecordReturns } from './record-returns.ts';

/** Where a serial number says which of our services drew it: after the institution and the business date. */
const ISSUER_AT = 16;

/** What the rail told by itself: results of payouts that were accepted or lost, and money that came back after a success. */
@Injectable()
export class RecordNotices {
  constructor(
    private readonly recordOutcomes: RecordOutcomes,
    private readonly recordReturns: RecordReturns,
    @Inject(PAYOUTS_CONFIG) private readonly config: PayoutsConfig,
  ) {}

  async execute(tx: Tx, received: readonly RailNoticeReceivedV1[]): Promise<void> {
    const notices = received.filter(({ serialNumber }) => !this.#isOfAnotherService(serialNumber));
    // Returns first: recording outcomes locks grants, and is the last thing before the commit.
    await this.recordReturns.execute(tx, notices.flatMap((notice) => returnedBy(notice)));
    const told = notices.flatMap((notice) => toldBy(notice));
    if (told.length > 0) await this.recordOutcomes.execute(tx, told);
  }

  /** The houses tell of fund-downs too. A number that nobody of ours drew stays here, to be put before a person. */
  #isOfAnotherService(serialNumber: string): boolean {
    const issuer = serialNumber.charAt(ISSUER_AT);
    return serialNumber.startsWith(this.config.institution) && issuer !== '' && issuer !== String(SERIAL_NUMBER_ISSUER);
  }
}

function returnedBy({ kind, noticeId, serialNumber, outcome, amount, clearingDate, railReference, occurredAt }: RailNoticeReceivedV1): ToldReturn[] {
  if (kind !== 'PAYOUT_RETURNED') return [];
  return [
    {
      noticeId,
      serialNumber,
      amountMinor: parseAmount(amount ?? '') ?? 0n,
      isDefinite: outcome === 'RETURNED',
      clearingDate: clearingDate ?? null,
      railReference: railReference ?? null,
      occurredAt: new Date(occurredAt),
    },
  ];
}

function toldBy(notice: RailNoticeReceivedV1): ToldOutcome[] {
  const { kind, outcome, amount } = notice;
  if (kind !== 'PAYOUT_RESULT' || (outcome !== 'SUCCEEDED' && outcome !== 'FAILED')) return [];
  const amountMinor = parseAmount(amount ?? '');
  return [
    {
      serialNumber: notice.serialNumber,
      house: notice.clearingHouse,
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
