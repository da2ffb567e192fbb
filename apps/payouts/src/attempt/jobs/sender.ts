import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { AdaptiveConcurrency, OutcomeClass, stopsConnector, type PayoutRail, type RailAnswer } from '@jinku/connectors';
import { CLOCK, EVENT_LOG, Metrics, type EventLog } from '@jinku/service';
import { PAYOUT_RAIL, PAYOUTS_CONFIG, type PayoutsConfig } from '../../config.ts';
import { isRailTrouble } from '../domain/attempt-outcome.ts';
import { RailPause } from '../domain/rail-pause.ts';
import type { Instruction } from '../use-cases/dispatch-batch.ts';
import { OutcomeGatherer } from './outcome-gatherer.ts';

/** The fewest requests in flight, however slow the rail is. */
const CONCURRENCY_MIN = 4;
/** A round is as many requests as the rail takes at once. */
const ROUNDS_CLAIMED = 2;
/** In flight, waiting for the next round, and claimed meanwhile. */
const ROUNDS_HELD_MAX = 4;

interface Waiting extends Instruction {
  readonly shard: number;
}

/**
 * Sends committed attempts, each once, with as many in flight as the rail takes well. It holds a few more than it sends, so that the rail never waits
 * for a claim. An attempt is handed over before it is sent: what happens to it from then on is the rail's word or an inquiry's.
 */
@Injectable()
export class Sender {
  readonly #concurrency: AdaptiveConcurrency;
  readonly #pause = new RailPause();
  readonly #railSeconds;
  /** Of each outcome its own counter: looking one up by its label costs more than counting. */
  readonly #answers: ReadonlyMap<OutcomeClass, { inc(): void }>;
  #waiting: Waiting[] = [];
  #isClosed = false;
  /** A claim was asked for and has not come; one call is enough. */
  #hasAsked = false;
  #onRoom: () => void = () => undefined;

  constructor(
    private readonly gatherer: OutcomeGatherer,
    @Inject(PAYOUT_RAIL) private readonly rail: PayoutRail,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PAYOUTS_CONFIG) private readonly config: PayoutsConfig,
    @Inject(EVENT_LOG) private readonly log: EventLog,
    metrics: Metrics,
  ) {
    const concurrencyMax = config.concurrencyMax;
    this.#concurrency = new AdaptiveConcurrency({
      concurrencyMin: Math.min(CONCURRENCY_MIN, concurrencyMax),
      concurrencyInitial: Math.max(1, concurrencyMax >> 1),
      concurrencyMax,
      latencyTargetMs: config.latencyTargetMs,
    });
    this.#railSeconds = metrics.histogram('payout_rail_seconds', 'Time from sending a payout to the rail\'s answer.');
    const answers = metrics.counter('payout_answers_total', 'Answers of the rail by outcome class.', ['outcome']);
    this.#answers = new Map(Object.values(OutcomeClass).map((outcome) => [outcome, answers.labels({ outcome })]));
    const inFlight = metrics.gauge('payout_in_flight', 'Payouts sent and not answered yet.');
    Object.assign(inFlight, { collect: () => inFlight.set(this.#concurrency.inFlight) });
  }

  /**
   * How many payouts are to be claimed now, given those whose claim is under way: none while enough wait for the next round of requests, else two
   * rounds at once, so that claims are few and large.
   */
  room(claiming: number): number {
    const { limit, inFlight } = this.#concurrency;
    const waiting = this.#waiting.length + claiming;
    if (this.#isClosed || waiting >= limit) return 0;
    const heldMax = this.#pause.claimMax(this.clock.wallNow(), ROUNDS_HELD_MAX * limit);
    return Math.max(0, Math.min(ROUNDS_CLAIMED * limit, heldMax - waiting - inFlight));
  }

  get pausedForMs(): number {
    return this.#pause.remainingMs(this.clock.wallNow());
  }

  /** Called once each time there comes to be room for a claim. */
  onRoom(listener: () => void): void {
    this.#onRoom = listener;
  }

  take(shard: number, instructions: readonly Instruction[]): void {
    this.#hasAsked = false;
    for (const instruction of instructions) this.#waiting.push({ ...instruction, shard });
    this.#pump();
  }

  /** Another process leads the shard now: what was not sent yet goes back to the queue. */
  giveBack(shard: number): void {
    const kept: Waiting[] = [];
    for (const one of this.#waiting) {
      if (one.shard === shard) this.gatherer.notSent(one.serialNumber);
      else kept.push(one);
    }
    this.#waiting = kept;
  }

  /** Sends nothing more, gives back what was not sent, waits for what is in flight, and drops the connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#giveBackAll();
    const endsAt = this.clock.wallNow() + this.config.callTimeoutMs + 1_000;
    while (this.#concurrency.inFlight > 0 && this.clock.wallNow() < endsAt) await new Promise((resolve) => setTimeout(resolve, 5));
    await this.rail.close();
  }

  #giveBackAll(): void {
    for (const { serialNumber } of this.#waiting.splice(0)) this.gatherer.notSent(serialNumber);
  }

  #pump(): void {
    while (this.#concurrency.free > 0) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      // A process that stood still for so long may not surprise the house with an old instruction.
      if (next.validUntil.getTime() <= this.clock.wallNow()) this.gatherer.notSent(next.serialNumber);
      else this.#send(next);
    }
  }

  #send(instruction: Instruction): void {
    const occurredAt = this.clock.now();
    this.#concurrency.start();
    void this.rail.submitPayout(instruction, { timeoutMs: this.config.callTimeoutMs }).then((answer) => this.#answered(instruction.serialNumber, answer, occurredAt));
  }

  #answered(serialNumber: string, answer: RailAnswer, occurredAt: Date): void {
    this.#concurrency.finish({ latencyMs: answer.latencyMs, overloaded: answer.outcome === 'UNKNOWN' });
    this.#railSeconds.observe(answer.latencyMs / 1_000);
    this.#answers.get(answer.outcome)?.inc();
    this.gatherer.answered(serialNumber, answer, occurredAt);
    if (stopsConnector(answer.outcome)) this.#giveBackAll();
    if (!isRailTrouble(answer)) this.#pause.good();
    else if (this.#pause.trouble(this.clock.wallNow())) {
      this.log.warn('rail-paused', { outcome: answer.outcome, detail: answer.detail, forMs: this.pausedForMs });
      this.#giveBackAll();
    }
    this.#pump();
    if (!this.#hasAsked && this.#waiting.length < this.#concurrency.limit) {
      this.#hasAsked = true;
      this.#onRoom();
    }
  }
}
