import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { RailAnswer } from '@jinku/connectors';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { PAYOUTS_CONFIG, type PayoutsConfig } from '../../config.ts';
import type { PayoutMove } from '../../payout/persistence/payout.repository.ts';
import type { OpenAttempt } from '../domain/attempt.ts';
import { decideOnWord } from '../domain/attempt-outcome.ts';
import { judgeNotFound, judgeOpen } from '../domain/inquiry-ladder.ts';
import { AttemptRepository, type InquiryMark } from '../persistence/attempt.repository.ts';
import { HouseLines, type HouseLine } from './house-lines.ts';
import { RecordOutcomes, type ToldOutcome } from './record-outcomes.ts';

const INQUIRIES_MAX = 100;
/** An inquirer that dies delays its inquiries by so much. */
const LEASE_MS = 15_000;

interface Asked {
  readonly attempt: OpenAttempt;
  readonly answer: RailAnswer;
  readonly askedAt: Date;
}

/** Asks each rail about attempts whose outcome is open and whose time has come, within its budget of inquiries. */
@Injectable()
export class InquireDue {
  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptRepository,
    private readonly record: RecordOutcomes,
    private readonly lines: HouseLines,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PAYOUTS_CONFIG) private readonly config: PayoutsConfig,
  ) {}

  /** Answers how many were asked about; fewer than are due when the budget is spent. */
  async execute(shards: readonly number[]): Promise<number> {
    if (shards.length === 0) return 0;
    const asked = await Promise.all(this.lines.all.map((line) => this.#askHouse(line, shards)));
    return asked.reduce((sum, count) => sum + count, 0);
  }

  async #askHouse({ house, rail, messageLog, budget }: HouseLine, shards: readonly number[]): Promise<number> {
    const countMax = await budget.take('INQUIRY', INQUIRIES_MAX);
    if (countMax === 0) return 0;
    const wallNow = this.clock.wallNow();
    const due = await this.attempts.takeDue(this.database, { house, shards, wallNow: new Date(wallNow), until: new Date(wallNow + LEASE_MS), countMax });
    if (due.length === 0) return 0;
    const asked = await Promise.all(
      due.map(async (attempt): Promise<Asked> => {
        const askedAt = this.clock.now();
        return { attempt, askedAt, answer: await rail.inquirePayout(attempt.serialNumber, { timeoutMs: this.config.callTimeoutMs }) };
      }),
    );
    await this.database.transaction(async (tx) => {
      const judged = asked.map((one) => this.#judge(one));
      await this.attempts.insertInquiries(tx, asked.map(({ attempt, answer, askedAt }) => ({ serialNumber: attempt.serialNumber, inquiryNumber: attempt.inquiryCount + 1, askedAt, answer })));
      const stillOpen = new Set(await this.attempts.markInquired(tx, judged.map(({ mark }) => mark)));
      // An attempt that another inquirer or a notice got to meanwhile is judged by them.
      const valid = judged.filter(({ payoutId }) => stillOpen.has(payoutId));
      await this.record.execute(tx, valid.flatMap(({ told }) => (told === null ? [] : [told])), valid.flatMap(({ lost }) => (lost === null ? [] : [lost])));
      await messageLog.append(tx, asked.map(({ attempt, answer, askedAt }) => ({ serialNumber: attempt.serialNumber, occurredAt: askedAt, answer })));
    });
    return due.length;
  }

  #judge({ attempt, answer }: Asked): { payoutId: string; mark: InquiryMark; told: ToldOutcome | null; lost: PayoutMove | null } {
    const wallNow = this.clock.wallNow();
    const { payoutId, serialNumber } = attempt;
    const told: ToldOutcome = {
      serialNumber,
      decision: decideOnWord(answer.outcome, 'INQUIRY'),
      source: 'INQUIRY',
      outcome: answer.outcome,
      code: answer.code,
      railReference: answer.railReference ?? null,
      clearingDate: answer.clearingDate ?? null,
      amountMinor: answer.amountMinor ?? null,
    };
    const inquiryCount = attempt.inquiryCount + 1;
    const open = judgeOpen(attempt, answer.outcome === 'ACCEPTED', wallNow);
    const mark: InquiryMark = { serialNumber, inquiryCount, ...open };
    if (told.decision.kind === 'CONCLUDE') return { payoutId, mark, told, lost: null };
    const lost: PayoutMove | null = told.decision.isLost ? { payoutId, event: 'lose', reasonCode: answer.outcome, railReference: null } : null;
    if (answer.outcome !== 'NOT_FOUND') return { payoutId, mark, told: null, lost };
    const verdict = judgeNotFound(attempt, { quietMs: this.config.quietMs, answers: this.config.notFoundAnswers, spacingMs: this.config.notFoundSpacingMs }, wallNow);
    if (!verdict.isConcluded) return { payoutId, lost, told: null, mark: { serialNumber, inquiryCount, notFoundCount: verdict.notFoundCount, inquireAt: verdict.inquireAt } };
    return { payoutId, mark, lost: null, told: { ...told, decision: { kind: 'CONCLUDE', conclusion: 'FAILED', event: 'requeue', concludedBy: 'INQUIRY' } } };
  }
}
