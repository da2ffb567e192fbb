import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { RailAnswer } from '@jinku/connectors';
import type { ClearingHouse } from '@jinku/contracts';
import { Database, isTransient } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, Metrics, type EventLog } from '@jinku/service';
import { PAYOUTS_CONFIG, type PayoutsConfig } from '../../config.ts';
import { decideOnAnswer } from '../domain/attempt-outcome.ts';
import { HouseLines } from '../use-cases/house-lines.ts';
import { RecordOutcomes, type ToldOutcome } from '../use-cases/record-outcomes.ts';

interface Gathered {
  readonly told: ToldOutcome;
  /** Null for an attempt that this process never sent. */
  readonly answer: RailAnswer | null;
  readonly house: ClearingHouse | null;
  readonly occurredAt: Date;
}

/** A batch is recorded at once when it has so many; smaller ones wait for company. */
const BATCH_FULL = 96;
const BATCH_MAX = 250;
const RETRY_MS = 200;

/** Gathers the answers of all rails and records them in batches, one transaction at a time: what arrives meanwhile makes the next batch. */
@Injectable()
export class OutcomeGatherer {
  #waiting: Gathered[] = [];
  #timer: NodeJS.Timeout | null = null;
  #isRecording = false;
  readonly #recordSeconds;

  constructor(
    private readonly database: Database,
    private readonly record: RecordOutcomes,
    private readonly lines: HouseLines,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PAYOUTS_CONFIG) private readonly config: PayoutsConfig,
    @Inject(EVENT_LOG) private readonly log: EventLog,
    metrics: Metrics,
  ) {
    this.#recordSeconds = metrics.histogram('payout_record_seconds', 'Time to record one batch of outcomes.');
  }

  answered({ serialNumber, house }: { serialNumber: string; house: ClearingHouse }, answer: RailAnswer, occurredAt: Date): void {
    this.#add({
      told: {
        serialNumber,
        decision: decideOnAnswer(answer),
        source: 'ANSWER',
        outcome: answer.outcome,
        code: answer.code,
        railReference: answer.railReference ?? null,
        clearingDate: answer.clearingDate ?? null,
        amountMinor: answer.amountMinor ?? null,
      },
      answer,
      house,
      occurredAt,
    });
  }

  /** This process committed the attempt, has not sent it, and will not. */
  notSent(serialNumber: string): void {
    this.#add({
      told: {
        serialNumber,
        decision: { kind: 'CONCLUDE', conclusion: 'FAILED', event: 'requeue', concludedBy: 'NOT_SENT' },
        source: 'NOT_SENT',
        outcome: 'FAILED',
        code: null,
        railReference: null,
        clearingDate: null,
        amountMinor: null,
      },
      answer: null,
      house: null,
      occurredAt: this.clock.now(),
    });
  }

  /** Waits until everything gathered so far is recorded, or the time is up. */
  async drain(withinMs: number): Promise<void> {
    const endsAt = this.clock.wallNow() + withinMs;
    while ((this.#waiting.length > 0 || this.#isRecording) && this.clock.wallNow() < endsAt) {
      this.#flush();
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  }

  #add(gathered: Gathered): void {
    this.#waiting.push(gathered);
    if (this.#waiting.length >= BATCH_FULL) this.#flush();
    else this.#timer ??= setTimeout(() => this.#flush(), this.config.lingerMs);
  }

  #flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    if (this.#isRecording || this.#waiting.length === 0) return;
    this.#isRecording = true;
    const batch = this.#waiting.splice(0, BATCH_MAX);
    void this.#recordAll(batch).finally(() => {
      this.#isRecording = false;
      if (this.#waiting.length >= BATCH_FULL) this.#flush();
      else if (this.#waiting.length > 0) this.#timer ??= setTimeout(() => this.#flush(), this.config.lingerMs);
    });
  }

  /**
   * The answers live in this process only, so a database that is away is waited for. A batch that cannot be recorded is halved until the one
   * that is to blame stands alone; it stays open and is inquired about once its validity has passed.
   */
  async #recordAll(batch: readonly Gathered[]): Promise<void> {
    for (;;) {
      const stop = this.#recordSeconds.startTimer();
      try {
        await this.database.transaction(async (tx) => {
          await this.record.execute(tx, batch.map((one) => one.told));
          for (const { house, messageLog } of this.lines.all) {
            const ofHouse = batch.filter((one) => one.house === house);
            await messageLog.append(tx, ofHouse.flatMap(({ told, answer, occurredAt }) => (answer === null ? [] : [{ serialNumber: told.serialNumber, occurredAt, answer }])));
          }
        });
        stop();
        return;
      } catch (error) {
        if (!isTransient(error)) {
          await this.#recordHalves(batch, error);
          return;
        }
        this.log.warn('outcomes-wait-for-database', { count: batch.length, error });
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
      }
    }
  }

  async #recordHalves(batch: readonly Gathered[], error: unknown): Promise<void> {
    if (batch.length === 1) {
      this.log.error('outcome-not-recorded', { serialNumber: batch[0]?.told.serialNumber, outcome: batch[0]?.told.outcome, error });
      return;
    }
    const half = batch.length >> 1;
    await this.#recordAll(batch.slice(0, half));
    await this.#recordAll(batch.slice(half));
  }
}
