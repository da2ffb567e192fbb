import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { attemptsConcludedV1, PAYOUTS_PER_MESSAGE_MAX, type AttemptsConcludedV1, type ClearingHouse } from '@jinku/contracts';
import { stopsConnector, type OutcomeClass } from '@jinku/connectors';
import { invariant } from '@jinku/errors';
import { Outbox } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { GrantRepository, type GrantConclusion } from '../../grant/persistence/grant.repository.ts';
import type { MovedPayout } from '../../payout/domain/payout.ts';
import { resultOf, TellResults } from '../../payout/use-cases/tell-results.ts';
import { PayoutRepository, type PayoutMove } from '../../payout/persistence/payout.repository.ts';
import { QueueRepository } from '../../payout/persistence/queue.repository.ts';
import type { OpenAttempt } from '../domain/attempt.ts';
import type { Decision, OutcomeSource } from '../domain/attempt-outcome.ts';
import { clearingDateAt } from '../domain/clearing-date.ts';
import { inquiryDelayMs, retryDelayMs } from '../domain/inquiry-ladder.ts';
import { AttemptRepository } from '../persistence/attempt.repository.ts';
import { RouteRepository } from '../../route/persistence/route.repository.ts';

/** What was told about one attempt, by whom, and what follows from it. */
export interface ToldOutcome {
  readonly serialNumber: string;
  readonly decision: Decision;
  readonly source: OutcomeSource;
  readonly outcome: OutcomeClass;
  readonly code: string | null;
  readonly railReference: string | null;
  /** The house's; ours is provisional until it names one. */
  readonly clearingDate: string | null;
  /** The amount the rail names; null where it names none. */
  readonly amountMinor: bigint | null;
  /** The house whose notice it is: a house has no say about what went to the other one. */
  readonly house?: ClearingHouse;
}

export interface RecordedOutcomes {
  readonly concluded: number;
  /** Told outcomes that contradict what is on record. */
  readonly conflicts: number;
}

type Conclusion = ToldOutcome & { readonly decision: Extract<Decision, { kind: 'CONCLUDE' }> };

/**
 * Records a batch of outcomes in one transaction: attempts, payouts, the end of reservations, and what is told of them. Whoever tells an outcome,
 * and however often, it takes effect once: only the transaction that takes the open attempt away records its end.
 */
@Injectable()
export class RecordOutcomes {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly payouts: PayoutRepository,
    private readonly queue: QueueRepository,
    private readonly grants: GrantRepository,
    private readonly routes: RouteRepository,
    private readonly tell: TellResults,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  /**
   * `inquired` are attempts that an inquiry left open and unknown; their dates are set already. Locks grants, so nothing but an append to the rail's
   * message log may follow before the commit.
   */
  async execute(tx: Tx, told: readonly ToldOutcome[], inquired: readonly PayoutMove[] = []): Promise<RecordedOutcomes> {
    const now = this.clock.now();
    const conclusions = new Map<string, Conclusion>();
    for (const one of told) if (isConclusion(one) && !conclusions.has(one.serialNumber)) conclusions.set(one.serialNumber, one);
    const closed = await this.attempts.close(tx, [...conclusions.values()]);
    const moves = closed.map((attempt) => moveOf(attempt, conclusionOf(conclusions, attempt)));
    const lost = await this.#leaveOpen(tx, told.filter((one) => one.decision.kind === 'INQUIRE'));
    const moved = await this.payouts.moveMany(tx, [...moves, ...lost, ...inquired], now);
    const stateOf = new Map(moved.map((payout) => [payout.payoutId, payout]));
    if (closed.length > 0) await this.#end(tx, { closed, conclusions, stateOf, now });
    const conflicts = closed.length < conclusions.size ? await this.#judgeUnmatched(tx, conclusions, closed, now) : 0;
    await this.#stopRoutes(tx, told, closed, now);
    const at = now.toISOString();
    await this.tell.execute(tx, moved.map((payout) => resultOf(payout, at)));
    // The contended rows, last before the commit.
    await this.grants.conclude(tx, grantConclusions(closed, conclusions, now), now);
    return { concluded: closed.length, conflicts };
  }

  async #end(
    tx: Tx,
    batch: { closed: readonly OpenAttempt[]; conclusions: ReadonlyMap<string, Conclusion>; stateOf: ReadonlyMap<string, MovedPayout>; now: Date },
  ): Promise<void> {
    const { closed, conclusions, stateOf, now } = batch;
    const ends = closed.map((attempt) => {
      const told = conclusionOf(conclusions, attempt);
      return {
        ...attempt,
        outcome: told.outcome,
        conclusion: told.decision.conclusion,
        concludedBy: told.decision.concludedBy,
        code: told.code,
        railReference: told.railReference,
        clearingDate: clearingDateAt(attempt.house, told.clearingDate, now),
      };
    });
    const count = await this.attempts.conclude(tx, ends, now);
    invariant(count === closed.length, 'an open attempt has a row without a conclusion');
    invariant(closed.every((attempt) => stateOf.has(attempt.payoutId)), 'a payout with an open attempt is DISPATCHED or UNKNOWN');
    const requeued = closed.filter((attempt) => stateOf.get(attempt.payoutId)?.state === 'QUEUED');
    if (requeued.length > 0) {
      const dueAt = (attempt: OpenAttempt): Date => new Date(now.getTime() + retryDelayMs(attempt.attemptNumber));
      await this.queue.defer(tx, requeued.map((attempt) => ({ payoutId: attempt.payoutId, dueAt: dueAt(attempt) })));
    }
    const message = (shard: number, clearingHouse: ClearingHouse): AttemptsConcludedV1 => ({ shard, clearingHouse, concludedAt: now.toISOString(), attempts: [] });
    const messages = new Map<string, AttemptsConcludedV1[]>();
    for (const end of ends) {
      const key = `${end.house}/${end.shard}`;
      const ofShard = messages.get(key) ?? [message(end.shard, end.house)];
      messages.set(key, ofShard);
      if ((ofShard.at(-1)?.attempts.length ?? 0) >= PAYOUTS_PER_MESSAGE_MAX) ofShard.push(message(end.shard, end.house));
      const payoutState = stateOf.get(end.payoutId)?.state as AttemptsConcludedV1['attempts'][number]['payoutState'];
      ofShard.at(-1)?.attempts.push({
        payoutId: end.payoutId,
        attemptNumber: end.attemptNumber,
        serialNumber: end.serialNumber,
        merchantId: end.merchantId,
        businessLine: end.businessLine,
        amount: formatAmount(end.amountMinor),
        conclusion: end.conclusion,
        payoutState,
        clearingDate: end.clearingDate,
        ...(end.railReference === null ? {} : { railReference: end.railReference }),
        ...(end.code === null ? {} : { reasonCode: end.code }),
      });
    }
    await this.outbox.addMany(tx, attemptsConcludedV1, [...messages.values()].flat());
  }

  /** Answers the moves of those that became UNKNOWN by it. */
  async #leaveOpen(tx: Tx, told: readonly ToldOutcome[]): Promise<PayoutMove[]> {
    const answered = told.filter((one) => one.source === 'ANSWER');
    const inquireAt = new Date(this.clock.wallNow() + inquiryDelayMs(0));
    const open = await this.attempts.scheduleInquiries(tx, answered.map(({ serialNumber }) => ({ serialNumber, inquireAt })));
    const reasons = new Map(told.flatMap((one) => (one.decision.kind === 'INQUIRE' && one.decision.isLost ? [[one.serialNumber, one.outcome] as const] : [])));
    return open.flatMap(({ payoutId, serialNumber }) => {
      const reasonCode = reasons.get(serialNumber);
      return reasonCode === undefined ? [] : [{ payoutId, event: 'lose' as const, reasonCode, railReference: null }];
    });
  }

  /** Conclusions that took no open attempt: late or repeated words change nothing, contradicting ones are put before a person. */
  async #judgeUnmatched(tx: Tx, conclusions: ReadonlyMap<string, Conclusion>, closed: readonly OpenAttempt[], now: Date): Promise<number> {
    const taken = new Set(closed.map((attempt) => attempt.serialNumber));
    const unmatched = [...conclusions.values()].filter((one) => !taken.has(one.serialNumber));
    const recorded = new Map((await this.attempts.recorded(tx, unmatched.map((one) => one.serialNumber))).map((row) => [row.serialNumber, row]));
    const conflicts = unmatched.flatMap((one) => {
      const row = recorded.get(one.serialNumber);
      const isSameAmount = row !== undefined && (one.amountMinor === null || one.amountMinor === row.amountMinor);
      if (isSameAmount && row.conclusion === one.decision.conclusion) return [];
      // Our own end of an attempt (not sent, not found) against the rail's success is the gravest; any other mismatch is kept beside it.
      return [{ ...one, toldOutcome: one.outcome, toldAmountMinor: one.amountMinor, conclusion: row?.conclusion ?? null, amountMinor: row?.amountMinor ?? null }];
    });
    if (conflicts.length === 0) return 0;
    await this.attempts.insertConflicts(tx, conflicts, now);
    // An inquiry has its next date already.
    const open = conflicts.filter((one) => one.source !== 'INQUIRY' && recorded.has(one.serialNumber) && one.conclusion === null);
    await this.attempts.scheduleInquiries(tx, open.map(({ serialNumber }) => ({ serialNumber, inquireAt: new Date(this.clock.wallNow()) })));
    for (const { serialNumber, source, toldOutcome, conclusion } of conflicts) {
      this.log.error('outcome-contradicts-record', { serialNumber, source, toldOutcome, conclusion });
    }
    return conflicts.length;
  }

  /** A defect of ours that a house told of would meet every further request to it. */
  async #stopRoutes(tx: Tx, told: readonly ToldOutcome[], closed: readonly OpenAttempt[], now: Date): Promise<void> {
    const defects = new Map(told.filter((one) => one.source === 'ANSWER' && stopsConnector(one.outcome)).map((one) => [one.serialNumber, one.outcome]));
    if (defects.size === 0) return;
    const first = new Map(closed.filter(({ serialNumber }) => defects.has(serialNumber)).map(({ house, serialNumber }) => [house, serialNumber]));
    for (const [route, serialNumber] of first) {
      const outcome = defects.get(serialNumber);
      const reason = `The house answered ${outcome ?? ''} to ${serialNumber}.`;
      if (await this.routes.stop(tx, { route, reason, by: null, now })) this.log.error('route-stopped', { route, outcome });
    }
  }
}

function isConclusion(told: ToldOutcome): told is Conclusion {
  return told.decision.kind === 'CONCLUDE';
}

function conclusionOf(conclusions: ReadonlyMap<string, Conclusion>, attempt: OpenAttempt): Conclusion {
  const told = conclusions.get(attempt.serialNumber);
  invariant(told !== undefined, 'only attempts that were told of are closed');
  return told;
}

function moveOf(attempt: OpenAttempt, told: Conclusion): PayoutMove {
  const { event, concludedBy } = told.decision;
  const reasonCode = event === 'succeed' ? null : concludedBy === 'NOT_SENT' ? 'NOT_SENT' : told.outcome === 'FAILED' && told.code !== null ? `RAIL_${told.code}` : told.outcome;
  return { payoutId: attempt.payoutId, event, reasonCode, railReference: told.railReference };
}

function grantConclusions(closed: readonly OpenAttempt[], conclusions: ReadonlyMap<string, Conclusion>, now: Date): GrantConclusion[] {
  const byGrant = new Map<string, { grantId: string; releasedMinor: bigint; consumedMinor: bigint; payoutCount: number; byDate: Map<string, { consumedMinor: bigint; count: number }> }>();
  for (const attempt of closed) {
    const sums = byGrant.get(attempt.grantId) ?? { grantId: attempt.grantId, releasedMinor: 0n, consumedMinor: 0n, payoutCount: 0, byDate: new Map() };
    byGrant.set(attempt.grantId, sums);
    sums.releasedMinor += attempt.amountMinor;
    sums.payoutCount += 1;
    const told = conclusionOf(conclusions, attempt);
    if (told.decision.conclusion !== 'SUCCEEDED') continue;
    sums.consumedMinor += attempt.amountMinor;
    const date = clearingDateAt(attempt.house, told.clearingDate, now);
    const dated = sums.byDate.get(date) ?? { consumedMinor: 0n, count: 0 };
    sums.byDate.set(date, { consumedMinor: dated.consumedMinor + attempt.amountMinor, count: dated.count + 1 });
  }
  return [...byGrant.values()];
}
