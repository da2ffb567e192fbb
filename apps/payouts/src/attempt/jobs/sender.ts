import type { Clock } from '@jinku/calendar';
import { AdaptiveConcurrency, stopsConnector, type OutcomeClass, type PayoutRail, type RailAnswer } from '@jinku/connectors';
import type { EventLog } from '@jinku/service';
import type { PayoutsConfig } from '../../config.ts';
import type { RouteWatch } from '../../route/jobs/route-watch.ts';
import { isRailTrouble } from '../domain/attempt-outcome.ts';
import { RailPause } from '../domain/rail-pause.ts';
import type { Instruction } from '../use-cases/dispatch-batch.ts';
import type { OutcomeGatherer } from './outcome-gatherer.ts';

/** The fewest requests in flight, however slow the rail is. */
const CONCURRENCY_MIN = 4;
/** A round is as many requests as the rail takes at once. */
const ROUNDS_CLAIMED = 2;
/** In flight, waiting for the next round, and claimed meanwhile. */
const ROUNDS_HELD_MAX = 4;

interface Waiting extends Instruction {
  readonly shard: number;
}

export interface SenderParts {
  readonly rail: PayoutRail;
  readonly gatherer: OutcomeGatherer;
  readonly watch: RouteWatch;
  readonly clock: Clock;
  readonly config: PayoutsConfig;
  readonly log: EventLog;
  /** Of each outcome its own counter: looking one up by its label costs more than counting. */
  readonly figures: { readonly seconds: { observe(seconds: number): void }; readonly answers: ReadonlyMap<OutcomeClass, { inc(): void }> };
}

/**
 * Sends committed attempts to one house, each once, with as many in flight as the rail takes well. It holds a few more than it sends, so that the rail never waits
 * for a claim. An attempt is handed over before it is sent: what happens to it from then on is the rail's word or an inquiry's.
 */
export class Sender {
  readonly #given: SenderParts;
  readonly #concurrency: AdaptiveConcurrency;
  readonly #pause = new RailPause();
  #waiting: Waiting[] = [];
  readonly #inFlightOf = new Map<number, number>();
  #isClosed = false;
  /** A claim was asked for and has not come; one call is enough. */
  #hasAsked = false;
  #onRoom: () => void = () => undefined;

  constructor(given: SenderParts) {
    this.#given = given;
    const { concurrencyMax, latencyTargetMs } = given.config;
    this.#concurrency = new AdaptiveConcurrency({
      concurrencyMin: Math.min(CONCURRENCY_MIN, concurrencyMax),
      concurrencyInitial: Math.max(1, concurrencyMax >> 1),
      concurrencyMax,
      latencyTargetMs,
    });
  }

  get inFlight(): number {
    return this.#concurrency.inFlight;
  }

  /** Payouts of a shard that were sent and not answered yet. */
  inFlightOf(shard: number): number {
    return this.#inFlightOf.get(shard) ?? 0;
  }

  /**
   * How many payouts are to be claimed now, given those whose claim is under way: none while enough wait for the next round of requests, else two
   * rounds at once, so that claims are few and large.
   */
  room(claiming: number): number {
    const { limit, inFlight } = this.#concurrency;
    const waiting = this.#waiting.length + claiming;
    if (this.#isClosed || waiting >= limit) return 0;
    const heldMax = this.#pause.claimMax(this.#given.clock.wallNow(), ROUNDS_HELD_MAX * limit);
    return Math.max(0, Math.min(ROUNDS_CLAIMED * limit, heldMax - waiting - inFlight));
  }

  get pausedForMs(): number {
    return this.#pause.remainingMs(this.#given.clock.wallNow());
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
      if (one.shard === shard) this.#given.gatherer.notSent(one.serialNumber);
      else kept.push(one);
    }
    this.#waiting = kept;
  }

  /** Sends nothing more, gives back what was not sent, waits for what is in flight, and drops the connections. */
  async close(): Promise<void> {
    this.#isClosed = true;
    this.#giveBackAll();
    const endsAt = this.#given.clock.wallNow() + this.#given.config.callTimeoutMs + 1_000;
    while (this.#concurrency.inFlight > 0 && this.#given.clock.wallNow() < endsAt) await new Promise((resolve) => setTimeout(resolve, 5));
    await this.#given.rail.close();
  }

  #giveBackAll(): void {
    for (const { serialNumber } of this.#waiting.splice(0)) this.#given.gatherer.notSent(serialNumber);
  }

  #pump(): void {
    while (this.#concurrency.free > 0) {
      const next = this.#waiting.shift();
      if (next === undefined) return;
      // A process that stood still for so long may not surprise the house with an old instruction.
      if (next.validUntil.getTime() <= this.#given.clock.wallNow()) this.#given.gatherer.notSent(next.serialNumber);
      else this.#send(next);
    }
  }

  #send(instruction: Waiting): void {
    const occurredAt = this.#given.clock.now();
    this.#concurrency.start();
    this.#inFlightOf.set(instruction.shard, this.inFlightOf(instruction.shard) + 1);
    void this.#given.rail.submitPayout(instruction, { timeoutMs: this.#given.config.callTimeoutMs }).then((answer) => this.#answered(instruction, answer, occurredAt));
  }

  #answered(instruction: Waiting, answer: RailAnswer, occurredAt: Date): void {
    this.#concurrency.finish({ latencyMs: answer.latencyMs, overloaded: answer.outcome === 'UNKNOWN' });
    this.#inFlightOf.set(instruction.shard, this.inFlightOf(instruction.shard) - 1);
    const { rail, figures, gatherer, watch } = this.#given;
    figures.seconds.observe(answer.latencyMs / 1_000);
    figures.answers.get(answer.outcome)?.inc();
    gatherer.answered({ serialNumber: instruction.serialNumber, house: rail.clearingHouse }, answer, occurredAt);
    watch.answered({ house: rail.clearingHouse, bankCode: instruction.payee.bankCode, probes: instruction.probes }, answer);
    if (stopsConnector(answer.outcome)) this.#giveBackAll();
    if (!isRailTrouble(answer)) this.#pause.good();
    else if (this.#pause.trouble(this.#given.clock.wallNow())) {
      this.#given.log.warn('rail-paused', { house: rail.clearingHouse, outcome: answer.outcome, detail: answer.detail, forMs: this.pausedForMs });
      this.#giveBackAll();
    }
    this.#pump();
    if (!this.#hasAsked && this.#waiting.length < this.#concurrency.limit) {
      this.#hasAsked = true;
      this.#onRoom();
    }
  }
}
