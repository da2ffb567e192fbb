import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import type { Tx } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { PAYOUTS_CONFIG, type PayoutsConfig } from '../../config.ts';
import { QueueRepository } from '../../payout/persistence/queue.repository.ts';
import { tokensLeft, tokensOf, triesSmallOnly } from '../domain/breaker.ts';
import { planReturns, planRoutes, type ChosenRoute, type Gate, type HouseStanding, type RouteReason, type RouteRules } from '../domain/route-choice.ts';
import { BreakerRepository } from '../persistence/breaker.repository.ts';
import { RouteRepository, type ShardStanding } from '../persistence/route.repository.ts';
import type { StandingRules } from './route-book.ts';

/** What the sender of one house would take now. */
export interface HouseRoom {
  readonly house: ClearingHouse;
  readonly room: number;
  readonly isPaused: boolean;
}

export interface RouteTaken {
  readonly reason: RouteReason;
  readonly probes: readonly Gate[];
}

/** The payouts of one claim that go to one house. */
export interface HouseClaim {
  readonly house: ClearingHouse;
  readonly grantId: string;
  readonly routes: ReadonlyMap<string, RouteTaken>;
}

export const ClaimHalt = {
  /** Payouts are stopped, or every route is. */
  STOPPED: 'STOPPED',
  NO_GRANT: 'NO_GRANT',
  /** No house takes anything now: each is broken, paused or busy. */
  NO_ROUTE: 'NO_ROUTE',
  /** What waits first is larger than the quota that is left. */
  NO_QUOTA: 'NO_QUOTA',
  /** Nothing waits. */
  EMPTY: 'EMPTY',
} as const;
export type ClaimHalt = (typeof ClaimHalt)[keyof typeof ClaimHalt];

/** `asideCount` payouts stepped aside: behind them others may be found at once. */
export type Claimed = { readonly claims: readonly HouseClaim[]; readonly asideCount: number } | { readonly halt: ClaimHalt };

/** Undoes a claim whose tokens another shard's claim took between the look and the lease. */
export class TokensTaken extends Error {}

/** Looked at for one claim: enough to see past those that wait for one of several houses. */
const HEAD_MIN = 200;
const HEAD_MAX = 800;
/** Groups that may return in one claim; the others have their turn in the next ones. */
const RETURNS_MAX = 4;
const TOKEN_GRACE_MS = 5_000;
const PRIMARY: RouteTaken = { reason: 'PRIMARY', probes: [] };

/**
 * Takes the next payouts of a shard out of the queue and says by which house each goes. When only the first house could take any, nothing is broken and
 * there are no rules, it is one statement; else the head of the queue is read, the routes are chosen, and what was chosen is taken.
 */
@Injectable()
export class ClaimRoutes {
  #turn = 0;

  constructor(
    private readonly queue: QueueRepository,
    private readonly routes: RouteRepository,
    private readonly breakers: BreakerRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(PAYOUTS_CONFIG) private readonly config: PayoutsConfig,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute(tx: Tx, given: { shard: number; rooms: readonly HouseRoom[]; rules: StandingRules; now: Date }): Promise<Claimed> {
    const { shard, rooms, now } = given;
    const standing = await this.routes.standing(tx, { shard, houses: rooms.map(({ house }) => house) });
    const rules = this.#rulesOf(standing, given);
    const halt = haltOf(standing.isOpen, rules);
    if (halt !== null) return { halt };
    const only = given.rules.isPlain && rules.gates.size === 0 && !standing.hasAside ? onlyHouse(rules) : null;
    if (only !== null && only.grantId !== null && only.perItemLimitMinor === null) return this.#claimPlain(tx, { shard, now, standing: only, grantId: only.grantId });
    return this.#claimRouted(tx, { shard, now, rules: standing.hasAside ? await this.#returnAside(tx, shard, rules) : rules });
  }

  async #claimPlain(tx: Tx, given: { shard: number; now: Date; standing: HouseStanding; grantId: string }): Promise<Claimed> {
    const { shard, now, standing, grantId } = given;
    const payoutIds = await this.queue.claim(tx, { shard, countMax: standing.room, freeMinor: standing.freeMinor, now });
    if (payoutIds.length === 0) return { halt: (await this.queue.hasWaiting(tx, shard)) ? 'NO_QUOTA' : 'EMPTY' };
    return { claims: [{ house: standing.house, grantId, routes: new Map(payoutIds.map((payoutId) => [payoutId, PRIMARY])) }], asideCount: 0 };
  }

  async #claimRouted(tx: Tx, { shard, now, rules }: { shard: number; now: Date; rules: RouteRules }): Promise<Claimed> {
    const room = rules.houses.reduce((sum, standing) => sum + standing.room, 0);
    const countMax = Math.min(HEAD_MAX, Math.max(HEAD_MIN, rules.houses.length * room));
    const head = await this.queue.head(tx, { shard, countMax, now });
    if (head.length === 0) return { halt: 'EMPTY' };
    const plan = planRoutes(head, rules, countMax);
    if (plan.chosen.length + plan.aside.length === 0) return { halt: 'NO_QUOTA' };
    const aside = plan.aside.map(({ payout, waitsFor }) => ({ payoutId: payout.payoutId, waitsFor }));
    const nowhere = aside.filter(({ waitsFor }) => waitsFor === '');
    if (nowhere.length > 0) this.log.error('payouts-without-route', { shard, count: nowhere.length, payoutId: nowhere[0]?.payoutId });
    const { taken, asideCount } = await this.queue.take(tx, plan.chosen.map(({ payout }) => payout.payoutId), aside);
    const isTaken = new Set(taken);
    const chosen = plan.chosen.filter(({ payout }) => isTaken.has(payout.payoutId));
    await this.#takeTokens(tx, chosen, rules);
    return { claims: claimsOf(chosen, rules), asideCount };
  }

  /** Before the head is looked at: what stepped aside earlier goes before what came later. */
  async #returnAside(tx: Tx, shard: number, rules: RouteRules): Promise<RouteRules> {
    const returns = planReturns(await this.queue.asideGroups(tx, shard), rules, HEAD_MIN);
    const heldBack = new Set<ClearingHouse>();
    this.#turn += 1;
    const first = returns.length <= RETURNS_MAX ? 0 : this.#turn % returns.length;
    for (const one of [...returns.slice(first), ...returns.slice(0, first)].slice(0, RETURNS_MAX)) {
      const count = await this.queue.returnAside(tx, { ...one, shard });
      if (count === 0) heldBack.add(one.house);
    }
    return { ...rules, heldBack };
  }

  async #takeTokens(tx: Tx, chosen: readonly ChosenRoute[], rules: RouteRules): Promise<void> {
    const wallNow = this.clock.wallNow();
    const until = new Date(wallNow + 2 * this.config.callTimeoutMs + TOKEN_GRACE_MS);
    // In one order, for another shard's claim leases from the same rows.
    for (const gate of [...rules.gates.values()].sort((a, b) => (a.key < b.key ? -1 : 1))) {
      const count = chosen.filter(({ probes }) => probes.includes(gate)).length;
      if (count === 0) continue;
      const lease = { key: gate.key, epoch: gate.epoch, count, tokensMax: gate.tokensMax, wallNow: new Date(wallNow), until };
      if (!(await this.breakers.takeTokens(tx, lease))) throw new TokensTaken();
    }
  }

  #rulesOf(standing: ShardStanding, given: { rooms: readonly HouseRoom[]; rules: StandingRules }): RouteRules {
    const wallNow = this.clock.wallNow();
    const roomOf = new Map(given.rooms.map((room) => [room.house, room]));
    const houses = standing.houses.map((one) => ({ ...one, room: roomOf.get(one.house)?.room ?? 0, isPaused: roomOf.get(one.house)?.isPaused ?? false }));
    const gates = standing.breakers.map((breaker): [string, Gate] => [
      breaker.key,
      {
        key: breaker.key,
        epoch: breaker.epoch,
        tokensLeft: breaker.isHalfOpen ? tokensLeft(breaker, wallNow) : 0,
        tokensMax: tokensOf(breaker.stage),
        isSmallOnly: triesSmallOnly(breaker),
      },
    ]);
    return { houses, gates: new Map(gates), primaryOf: given.rules.primaryOf, bankRules: given.rules.bankRules, heldBack: new Set() };
  }
}

/** Without a look at the queue: nothing could leave. */
function haltOf(isOpen: boolean, { houses, gates }: RouteRules): ClaimHalt | null {
  const open = houses.filter((standing) => isOpen && standing.isOpen);
  if (open.length === 0) return 'STOPPED';
  const granted = open.filter(({ grantId }) => grantId !== null);
  if (granted.length === 0) return 'NO_GRANT';
  const working = granted.filter(({ house, isPaused, room }) => !isPaused && room > 0 && gates.get(house)?.tokensLeft !== 0);
  if (working.length === 0) return 'NO_ROUTE';
  return working.some(({ freeMinor }) => freeMinor > 0n) ? null : 'NO_QUOTA';
}

/** The first house when no other could take a payout in its place. */
function onlyHouse({ houses: [first, ...others] }: RouteRules): HouseStanding | null {
  return first === undefined || !couldTake(first) || others.some(couldTake) ? null : first;
}

function couldTake({ isOpen, isPaused, room, grantId, freeMinor }: HouseStanding): boolean {
  return isOpen && !isPaused && room > 0 && grantId !== null && freeMinor > 0n;
}

function claimsOf(chosen: readonly ChosenRoute[], { houses }: RouteRules): HouseClaim[] {
  return houses.flatMap(({ house, grantId }) => {
    const routes = new Map(chosen.filter((one) => one.house === house).map(({ payout, reason, probes }) => [payout.payoutId, { reason, probes }]));
    if (routes.size === 0) return [];
    invariant(grantId !== null, 'a house without a grant takes nothing');
    return [{ house, grantId, routes }];
  });
}
