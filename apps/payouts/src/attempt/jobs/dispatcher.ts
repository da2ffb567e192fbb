import { randomUUID } from 'node:crypto';
import { Inject, Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { Database, Lease } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, Metrics, type EventLog } from '@jinku/service';
import { PAYOUTS_CONFIG, type PayoutsConfig } from '../../config.ts';
import { DispatchBell } from '../../payout/domain/dispatch-bell.ts';
import { QueueRepository } from '../../payout/persistence/queue.repository.ts';
import type { HouseRoom } from '../../route/use-cases/claim-routes.ts';
import { fairShare } from '../domain/fair-share.ts';
import { AttemptRepository } from '../persistence/attempt.repository.ts';
import { DispatcherRepository } from '../persistence/dispatcher.repository.ts';
import { DispatchBatch } from '../use-cases/dispatch-batch.ts';
import { OutcomeGatherer } from './outcome-gatherer.ts';
import { Senders } from './senders.ts';

const CLAIM_MAX = 200;
/** Without a bell a shard is looked at this often: another process's intake rings only its own bells. */
const LOOK_EVERY_MS = 200;
const ERROR_PAUSE_MS = 500;
/** Attempts that were answered long after their validity without a record are asked about. */
const ORPHAN_GRACE_MS = 5_000;
const HAND_OVER_MS = 1_000;

interface Shard {
  readonly number: number;
  readonly lease: Lease;
  ledEpoch: bigint | null;
  askedAtMs: number;
  /** Its lease is being asked for: it counts as led. */
  isAsking: boolean;
  /** Nothing was there to claim at the last look. */
  isIdle: boolean;
}

/** Leads its fair share of the shards and keeps the senders filled from them. One per process. */
@Injectable()
export class Dispatcher implements OnApplicationBootstrap, BeforeApplicationShutdown {
  readonly #holder = randomUUID();
  readonly #shards: Shard[];
  readonly #claimSeconds;
  /** How many shards this process should lead, and when that was worked out. */
  #share = { count: 0, atMs: 0 };
  #loops: Promise<void>[] = [];
  #isStopping = false;
  /** Of each house, how many payouts are being claimed now. */
  readonly #claiming = new Map<ClearingHouse, number>();
  #sleepers = new Set<() => void>();

  constructor(
    private readonly database: Database,
    private readonly dispatch: DispatchBatch,
    private readonly attempts: AttemptRepository,
    private readonly dispatchers: DispatcherRepository,
    private readonly queue: QueueRepository,
    private readonly senders: Senders,
    private readonly gatherer: OutcomeGatherer,
    private readonly bell: DispatchBell,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PAYOUTS_CONFIG) private readonly config: PayoutsConfig,
    @Inject(EVENT_LOG) private readonly log: EventLog,
    metrics: Metrics,
  ) {
    this.#shards = Array.from({ length: config.shards }, (_, number) => ({
      number,
      lease: new Lease(database, { name: `payouts.shard-${number}`, holder: this.#holder, durationMs: config.leaseMs }),
      ledEpoch: null,
      askedAtMs: 0,
      isAsking: false,
      isIdle: false,
    }));
    this.#claimSeconds = metrics.histogram('payout_claim_seconds', 'Time to claim and commit one batch of attempts.');
  }

  /** The shards this process leads now. */
  get ledShards(): number[] {
    return this.#shards.filter((shard) => shard.ledEpoch !== null).map((shard) => shard.number);
  }

  onApplicationBootstrap(): void {
    this.bell.onRing(() => this.#wake());
    this.senders.onRoom(() => this.#wake());
    this.#loops = this.#shards.map((shard) => this.#run(shard));
  }

  /** Gives back what was not sent, records what was answered, and lets the shards go, so that another process takes over at once. */
  async beforeApplicationShutdown(): Promise<void> {
    this.#isStopping = true;
    this.#wake();
    await Promise.all(this.#loops);
    await this.senders.close();
    await this.gatherer.drain(this.config.callTimeoutMs + 2_000);
    for (const { lease } of this.#shards) await lease.release();
    await this.dispatchers.leave(this.database, this.#holder);
  }

  async #run(shard: Shard): Promise<void> {
    while (!this.#isStopping) {
      try {
        await this.#turn(shard);
      } catch (error) {
        // The database is away, or a batch cannot be claimed: nothing was sent, so it is tried again. What happened is told each time.
        this.log.error('dispatch-failed', { shard: shard.number, error });
        await this.#sleep(ERROR_PAUSE_MS);
      }
    }
  }

  async #turn(shard: Shard): Promise<void> {
    if (!(await this.#lead(shard))) return this.#sleep(this.config.leaseMs / 3);
    const rooms = this.senders.rooms(this.#claiming, CLAIM_MAX);
    const countMax = rooms.reduce((sum, { room }) => sum + room, 0);
    if (countMax <= 0) return this.#sleep(Math.max(this.config.lingerMs, Math.min(this.senders.pausedForMs, LOOK_EVERY_MS)));
    if (shard.isIdle && !(await this.queue.hasWaiting(this.database, shard.number))) return this.#sleep(LOOK_EVERY_MS);
    const claimed = await this.#claim(shard, rooms);
    shard.isIdle = claimed === 0;
    if (shard.isIdle) await this.#sleep(LOOK_EVERY_MS);
    // A short batch means low load: the next one waits for company.
    if (claimed < countMax) await new Promise((resolve) => setTimeout(resolve, this.config.lingerMs));
  }

  /** How many payouts were claimed or stepped aside. */
  async #claim(shard: Shard, rooms: readonly HouseRoom[]): Promise<number> {
    this.#countClaiming(rooms, 1);
    const stop = this.#claimSeconds.startTimer();
    try {
      const dispatched = await this.dispatch.execute({ shard: shard.number, lease: shard.lease, rooms });
      if ('halt' in dispatched) {
        if (dispatched.halt === 'NOT_LED') this.#lose(shard);
        return 0;
      }
      stop();
      this.senders.take(shard.number, dispatched.batches);
      return dispatched.batches.reduce((sum, { instructions }) => sum + instructions.length, dispatched.asideCount);
    } finally {
      this.#countClaiming(rooms, -1);
    }
  }

  #countClaiming(rooms: readonly HouseRoom[], sign: 1 | -1): void {
    for (const { house, room } of rooms) this.#claiming.set(house, (this.#claiming.get(house) ?? 0) + sign * room);
  }

  /**
   * Takes or extends the lease of the shard, up to the fair share: what is above it goes to a process that has less. Attempts that another process left
   * open are asked about from now on, sent or not.
   */
  async #lead(shard: Shard): Promise<boolean> {
    const wallNow = this.clock.wallNow();
    if (wallNow - shard.askedAtMs < this.config.leaseMs / 3) return shard.ledEpoch !== null;
    shard.askedAtMs = wallNow;
    const share = await this.#shareNow(wallNow);
    const others = this.#shards.filter((other) => other !== shard && (other.ledEpoch !== null || other.isAsking)).length;
    if (shard.ledEpoch === null && others >= share) return false;
    if (shard.ledEpoch !== null && others >= share) return this.#yield(shard);
    shard.isAsking = true;
    const isLeased = await shard.lease.acquire().finally(() => {
      shard.isAsking = false;
    });
    if (!isLeased) {
      this.#lose(shard);
      return false;
    }
    const isNew = shard.ledEpoch !== shard.lease.epoch;
    shard.ledEpoch = shard.lease.epoch;
    const validBefore = isNew ? null : new Date(wallNow - 2 * this.config.callTimeoutMs - ORPHAN_GRACE_MS);
    const adopted = await this.attempts.adoptOrphans(this.database, { shard: shard.number, validBefore, inquireAt: new Date(wallNow) });
    if (isNew || adopted > 0) this.log.info('shard-led', { shard: shard.number, adopted });
    return true;
  }

  async #shareNow(wallNow: number): Promise<number> {
    if (wallNow - this.#share.atMs < this.config.leaseMs / 3) return this.#share.count;
    const members = await this.dispatchers.refresh(this.database, { holder: this.#holder, durationMs: this.config.leaseMs });
    this.#share = { count: fairShare({ shards: this.#shards.length, members, self: this.#holder }), atMs: wallNow };
    return this.#share.count;
  }

  /** Hands a shard over in good order: nothing more is claimed, what was not sent goes back, and what was sent is recorded first, as far as it comes in time. */
  async #yield(shard: Shard): Promise<false> {
    // Not led from here on, so that of two shards above the share only one goes at a time.
    shard.ledEpoch = null;
    this.senders.giveBack(shard.number);
    const endsAt = this.clock.wallNow() + this.config.callTimeoutMs + HAND_OVER_MS;
    while (this.senders.inFlightOf(shard.number) > 0 && this.clock.wallNow() < endsAt) await this.#sleep(this.config.lingerMs + 1);
    await this.gatherer.drain(HAND_OVER_MS);
    await shard.lease.release();
    this.log.info('shard-handed-over', { shard: shard.number });
    return false;
  }

  #lose(shard: Shard): void {
    if (shard.ledEpoch === null) return;
    shard.ledEpoch = null;
    this.log.warn('shard-lost', { shard: shard.number });
    this.senders.giveBack(shard.number);
  }

  /** Sleeps until the time is over or somebody wakes all. */
  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = (): void => {
        clearTimeout(timer);
        this.#sleepers.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#sleepers.add(wake);
    });
  }

  #wake(): void {
    for (const wake of [...this.#sleepers]) wake();
  }
}
