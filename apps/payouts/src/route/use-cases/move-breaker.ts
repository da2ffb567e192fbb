import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Database, type Tx } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, Metrics, type EventLog } from '@jinku/service';
import { PAYOUTS_CONFIG, type PayoutsConfig } from '../../config.ts';
import { DispatchBell } from '../../payout/domain/dispatch-bell.ts';
import { afterHappening, closedBreaker, type Breaker, type Happening } from '../domain/breaker.ts';
import { BreakerRepository } from '../persistence/breaker.repository.ts';

/** What happened to one route. `seenEpoch` is of the breaker it happened under; null for what holds whatever the breaker does now. */
export interface RouteHappening {
  readonly key: string;
  readonly happening: Happening;
  readonly seenEpoch: bigint | null;
  readonly by: string | null;
}

/** Moves breakers by what happened to their routes: one row a route, which all processes share, and each change kept. */
@Injectable()
export class MoveBreaker {
  readonly #changes;

  constructor(
    private readonly database: Database,
    private readonly breakers: BreakerRepository,
    private readonly bell: DispatchBell,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PAYOUTS_CONFIG) private readonly config: PayoutsConfig,
    @Inject(EVENT_LOG) private readonly log: EventLog,
    metrics: Metrics,
  ) {
    this.#changes = metrics.counter('payout_breaker_changes_total', 'Changes of breakers by the state they lead to.', ['state']);
    metrics.lookedUpGauge('payout_breakers', 'Breakers that are not closed, by state.', {
      labelNames: ['state'],
      lookUp: async () => {
        const all = await this.breakers.list(this.database);
        return (['OPEN', 'HALF_OPEN'] as const).map((state) => ({ labels: { state }, value: all.filter((breaker) => breaker.state === state).length }));
      },
    });
  }

  /** The breaker as it stands then; null when nothing followed from what happened, or somebody moved it first. */
  async execute(tx: Tx, { key, happening, seenEpoch, by }: RouteHappening): Promise<Breaker | null> {
    const before = (await this.breakers.lock(tx, key)) ?? closedBreaker(key);
    if (seenEpoch !== null && before.epoch !== seenEpoch) return null;
    const now = this.clock.now();
    const moved = afterHappening(before, happening, { wallNow: this.clock.wallNow(), now, policy: this.config.breaker });
    if (moved === null || !(await this.breakers.put(tx, moved.breaker, { overEpoch: before.epoch, now }))) return null;
    const { breaker, event } = moved;
    if (event === null) return breaker;
    const { state, epoch, stage, reason } = breaker;
    await this.breakers.insertChange(tx, { key, epoch, event, from: before.state, to: state, stage, reason, changedBy: by, at: now });
    tx.afterCommit(() => this.#told({ key, event, from: before.state, to: state, stage, reason, by }));
    return breaker;
  }

  /** Carries out what time alone brings: the end of a back-off or of a force. */
  async review(): Promise<void> {
    const due = { wallNow: this.clock.wallNow(), now: this.clock.now(), policy: this.config.breaker };
    for (const breaker of await this.breakers.list(this.database)) {
      if (afterHappening(breaker, { kind: 'TIME' }, due) === null) continue;
      await this.database.transaction((tx) => this.execute(tx, { key: breaker.key, happening: { kind: 'TIME' }, seenEpoch: breaker.epoch, by: null }));
    }
  }

  #told(change: { key: string; event: string; from: string; to: Breaker['state']; stage: number; reason: string | null; by: string | null }): void {
    this.#changes.inc({ state: change.to });
    this.log.warn('breaker-changed', { ...change });
    if (change.to !== 'OPEN') this.bell.ring();
  }
}
