import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { OutcomeClass } from '@jinku/connectors';
import type { ClearingHouse } from '@jinku/contracts';
import { CLOCK, EVENT_LOG, Metrics, type EventLog } from '@jinku/service';
import { PAYOUTS_CONFIG, type PayoutsConfig } from '../../config.ts';
import { RouteWatch } from '../../route/jobs/route-watch.ts';
import type { HouseRoom } from '../../route/use-cases/claim-routes.ts';
import type { HouseBatch } from '../use-cases/dispatch-batch.ts';
import { HouseLines } from '../use-cases/house-lines.ts';
import { OutcomeGatherer } from './outcome-gatherer.ts';
import { Sender } from './sender.ts';

/** One sender a house, each with its own concurrency and its own pause. */
@Injectable()
export class Senders {
  readonly #senders: ReadonlyMap<ClearingHouse, Sender>;

  constructor(
    lines: HouseLines,
    gatherer: OutcomeGatherer,
    watch: RouteWatch,
    @Inject(CLOCK) clock: Clock,
    @Inject(PAYOUTS_CONFIG) config: PayoutsConfig,
    @Inject(EVENT_LOG) log: EventLog,
    metrics: Metrics,
  ) {
    const seconds = metrics.histogram('payout_rail_seconds', 'Time from sending a payout to the rail\'s answer.', ['house']);
    const answers = metrics.counter('payout_answers_total', 'Answers of the rails by outcome class.', ['house', 'outcome']);
    this.#senders = new Map(
      lines.all.map(({ house, rail }) => {
        const figures = {
          seconds: seconds.labels({ house }),
          answers: new Map(Object.values(OutcomeClass).map((outcome) => [outcome, answers.labels({ house, outcome })])),
        };
        return [house, new Sender({ rail, gatherer, watch, clock, config, log, figures })];
      }),
    );
    const inFlight = metrics.gauge('payout_in_flight', 'Payouts sent and not answered yet.', ['house']);
    Object.assign(inFlight, { collect: () => this.#senders.forEach((sender, house) => inFlight.set({ house }, sender.inFlight)) });
  }

  /** What each house would take now, given the payouts whose claim is under way; at most `countMax` each. */
  rooms(claiming: ReadonlyMap<ClearingHouse, number>, countMax: number): HouseRoom[] {
    return [...this.#senders].map(([house, sender]) => ({ house, room: Math.min(countMax, sender.room(claiming.get(house) ?? 0)), isPaused: sender.pausedForMs > 0 }));
  }

  /** Until the first house may be tried again. */
  get pausedForMs(): number {
    return Math.min(...[...this.#senders.values()].map((sender) => sender.pausedForMs));
  }

  inFlightOf(shard: number): number {
    return [...this.#senders.values()].reduce((sum, sender) => sum + sender.inFlightOf(shard), 0);
  }

  onRoom(listener: () => void): void {
    for (const sender of this.#senders.values()) sender.onRoom(listener);
  }

  take(shard: number, batches: readonly HouseBatch[]): void {
    for (const { house, instructions } of batches) this.#senders.get(house)?.take(shard, instructions);
  }

  giveBack(shard: number): void {
    for (const sender of this.#senders.values()) sender.giveBack(shard);
  }

  async close(): Promise<void> {
    await Promise.all([...this.#senders.values()].map((sender) => sender.close()));
  }
}
