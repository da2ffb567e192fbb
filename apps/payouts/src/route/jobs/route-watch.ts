import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { RailAnswer } from '@jinku/connectors';
import type { ClearingHouse } from '@jinku/contracts';
import { Database } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { PAYOUTS_CONFIG, type PayoutsConfig } from '../../config.ts';
import type { Gate } from '../domain/route-choice.ts';
import { routeKey, routeOf } from '../domain/route-key.ts';
import { TroubleWindow, verdictOf } from '../domain/trouble-window.ts';
import { MoveBreaker, type RouteHappening } from '../use-cases/move-breaker.ts';

/** More than so many at once are all of one kind: the rest would change nothing. */
const PENDING_MAX = 1_000;
const MUTED_CALLS = 2;

/**
 * Watches the answers of all rails and tells the breakers. Counting is done here, in memory, for every process sees its share of each route; only what
 * changes a breaker is written. What dies with the process is counted anew, and its tokens lapse.
 */
@Injectable()
export class RouteWatch {
  readonly #window: TroubleWindow;
  /** What was under way when a route opened comes back until then, and is not counted again. */
  readonly #mutedUntil = new Map<string, number>();
  #pending: RouteHappening[] = [];
  #writing: Promise<void> | null = null;

  constructor(
    private readonly database: Database,
    private readonly move: MoveBreaker,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PAYOUTS_CONFIG) private readonly config: PayoutsConfig,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {
    this.#window = new TroubleWindow(config.breaker);
  }

  /** `probes` are the breakers under whose token the payout went. */
  answered(route: { house: ClearingHouse; bankCode: string; probes: readonly Gate[] }, answer: Pick<RailAnswer, 'outcome' | 'detail'>): void {
    const verdict = verdictOf(answer);
    if (verdict === null) return;
    for (const { key, epoch } of route.probes) {
      const happening = verdict === 'GOOD' ? ({ kind: 'GOOD', count: 1 } as const) : ({ kind: 'PROBE_FAILED', reason: `PROBE_${verdict}` } as const);
      this.#add({ key, happening, seenEpoch: epoch, by: null });
    }
    const wallNow = this.clock.wallNow();
    if (route.probes.length > 0 || this.#isMuted(route, wallNow)) return;
    for (const { key, reason } of this.#window.note(route, verdict, wallNow)) {
      const { house, bankCode } = routeOf(key);
      this.#mutedUntil.set(key, wallNow + MUTED_CALLS * this.config.callTimeoutMs);
      this.#window.forget(house, bankCode);
      this.log.warn('route-in-trouble', { key, reason });
      this.#add({ key, happening: { kind: 'TROUBLE', reason }, seenEpoch: null, by: null });
    }
  }

  /** Resolves when everything told so far is written. */
  async settled(): Promise<void> {
    while (this.#writing !== null) await this.#writing;
  }

  #isMuted({ house, bankCode }: { house: ClearingHouse; bankCode: string }, wallNow: number): boolean {
    if (this.#mutedUntil.size === 0) return false;
    return [house, routeKey(house, bankCode)].some((key) => (this.#mutedUntil.get(key) ?? 0) > wallNow);
  }

  #add(happening: RouteHappening): void {
    if (this.#pending.length < PENDING_MAX) this.#pending.push(happening);
    this.#writing ??= this.#write().finally(() => {
      this.#writing = null;
    });
  }

  async #write(): Promise<void> {
    for (let next = this.#pending.shift(); next !== undefined; next = this.#pending.shift()) {
      const happening = next;
      try {
        await this.database.transaction((tx) => this.move.execute(tx, happening));
      } catch (error) {
        // The database is away, or two made the first row at once. The trouble goes on and is counted again; a token lapses.
        this.log.warn('breaker-not-moved', { key: happening.key, error });
      }
    }
  }
}
