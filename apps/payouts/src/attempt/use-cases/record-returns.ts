import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { PAYOUTS_PER_MESSAGE_MAX, payoutsReturnedV1, type ClearingHouse, type PayoutsReturnedV1 } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { Outbox } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import { Database, type Tx } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import type { MovedPayout } from '../../payout/domain/payout.ts';
import { resultOf, TellResults, type ClientResult } from '../../payout/use-cases/tell-results.ts';
import { clearingDateAt } from '../domain/clearing-date.ts';
import { decideReturns, type DecidedReturn, type ToldReturn } from '../domain/payout-return.ts';
import { AttemptRepository } from '../persistence/attempt.repository.ts';
import { ReturnRepository } from '../persistence/return.repository.ts';

const SETTLED_MAX = 500;

type Recorded = DecidedReturn & { readonly payoutId: string; readonly house: ClearingHouse; readonly totalMinor: bigint };

/**
 * Records money that came back after a success, in whole or in part: an event of its own, told to the client and to the ledger once. The payout stays
 * SUCCEEDED, its quota stays consumed, and never more is recorded than was paid.
 */
@Injectable()
export class RecordReturns {
  constructor(
    private readonly database: Database,
    private readonly returns: ReturnRepository,
    private readonly attempts: AttemptRepository,
    private readonly tell: TellResults,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute(tx: Tx, told: readonly ToldReturn[]): Promise<void> {
    if (told.length === 0) return;
    const now = this.clock.now();
    const standings = await this.returns.lockStandings(tx, [...new Set(told.map(({ serialNumber }) => serialNumber))]);
    const known = await this.returns.known(tx, told.map(({ noticeId }) => noticeId));
    // A house tells until it is answered, so a notice may come twice, even in one batch.
    const fresh = [...new Map(told.filter(({ noticeId }) => !known.has(noticeId)).map((one) => [one.noticeId, one])).values()];
    const decided = decideReturns(fresh, standings);
    await this.returns.insertMany(tx, decided, now);
    await this.#follow(tx, decided, now);
    // What came back must have been paid: the sooner the house says so, the sooner the return counts.
    const inquireAt = new Date(this.clock.wallNow());
    await this.attempts.scheduleInquiries(tx, decided.filter(({ state }) => state === 'WAITING').map(({ serialNumber }) => ({ serialNumber, inquireAt })));
  }

  /** Looks again at returns that were told before our success was known; answers how many were settled, ask again until none is. */
  settleWaiting(): Promise<number> {
    return this.database.transaction(async (tx) => {
      const waiting = await this.returns.takeSettleable(tx, SETTLED_MAX);
      if (waiting.length === 0) return 0;
      const now = this.clock.now();
      const standings = await this.returns.lockStandings(tx, [...new Set(waiting.map(({ serialNumber }) => serialNumber))]);
      const decided = decideReturns(waiting, standings);
      await this.returns.settleMany(tx, decided, now);
      await this.#follow(tx, decided, now);
      return decided.length;
    });
  }

  async #follow(tx: Tx, decided: readonly DecidedReturn[], now: Date): Promise<void> {
    for (const { noticeId, serialNumber, fault } of decided) if (fault !== null) this.log.error('payout-return-quarantined', { noticeId, serialNumber, fault });
    const unpaid = decided.filter(({ fault }) => fault === 'NOT_SUCCEEDED');
    if (unpaid.length > 0) {
      await this.attempts.insertConflicts(
        tx,
        unpaid.map(({ serialNumber, amountMinor }) => ({
          serialNumber, source: 'NOTICE', toldOutcome: 'RETURNED', toldAmountMinor: amountMinor, conclusion: 'FAILED', amountMinor: null,
        })),
        now,
      );
    }
    const recorded = decided.filter((one): one is Recorded => one.state === 'RECORDED');
    if (recorded.length === 0) return;
    const sums = new Map<string, { payoutId: string; totalMinor: bigint; count: number }>();
    for (const { payoutId, totalMinor } of recorded) sums.set(payoutId, { payoutId, totalMinor, count: (sums.get(payoutId)?.count ?? 0) + 1 });
    const payouts = new Map((await this.returns.addToPayouts(tx, [...sums.values()], now)).map((payout) => [payout.payoutId, payout]));
    const payoutOf = (one: Recorded): MovedPayout => {
      const payout = payouts.get(one.payoutId);
      invariant(payout?.state === 'SUCCEEDED', 'an attempt that succeeded belongs to a payout that is SUCCEEDED');
      return payout;
    };
    await this.tell.execute(tx, resultsOf(recorded, payoutOf, sums, now));
    await this.outbox.addMany(tx, payoutsReturnedV1, messagesOf(recorded, payoutOf, now));
  }
}

/** Several returns of one payout are told one after the other, each under its own sequence number. */
function resultsOf(
  recorded: readonly Recorded[],
  payoutOf: (one: Recorded) => MovedPayout,
  sums: ReadonlyMap<string, { count: number }>,
  now: Date,
): ClientResult[] {
  const toldBefore = new Map<string, number>();
  return recorded.map((one) => {
    const payout = payoutOf(one);
    const before = toldBefore.get(one.payoutId) ?? 0;
    toldBefore.set(one.payoutId, before + 1);
    const toldSequence = payout.toldSequence - (sums.get(one.payoutId)?.count ?? 1) + before + 1;
    const { shard, clientId, result } = resultOf({ ...payout, toldSequence }, now.toISOString());
    const returned = {
      returnId: one.noticeId,
      amount: formatAmount(one.amountMinor),
      total: formatAmount(one.totalMinor),
      ...(one.clearingDate === null ? {} : { clearingDate: one.clearingDate }),
    };
    return { shard, clientId, result: { ...result, returned } };
  });
}

function messagesOf(recorded: readonly Recorded[], payoutOf: (one: Recorded) => MovedPayout, now: Date): PayoutsReturnedV1[] {
  const messages: PayoutsReturnedV1[] = [];
  for (const one of recorded) {
    const { shard, payoutId, merchantId, businessLine } = payoutOf(one);
    let message = messages.findLast((candidate) => candidate.shard === shard && candidate.clearingHouse === one.house);
    if (message === undefined || message.returns.length >= PAYOUTS_PER_MESSAGE_MAX) {
      message = { shard, clearingHouse: one.house, recordedAt: now.toISOString(), returns: [] };
      messages.push(message);
    }
    message.returns.push({
      returnId: one.noticeId,
      payoutId,
      serialNumber: one.serialNumber,
      merchantId,
      businessLine,
      amount: formatAmount(one.amountMinor),
      returnedTotal: formatAmount(one.totalMinor),
      clearingDate: clearingDateAt(one.house, one.clearingDate, now),
      ...(one.railReference === null ? {} : { railReference: one.railReference }),
    });
  }
  return messages;
}
