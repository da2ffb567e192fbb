import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { HouseLines } from '../../attempt/use-cases/house-lines.ts';
import { QueueRepository } from '../../payout/persistence/queue.repository.ts';
import { houseInNeed, type Gate, type RouteRules } from '../../route/domain/route-choice.ts';
import { BreakerRepository } from '../../route/persistence/breaker.repository.ts';
import { RouteRepository } from '../../route/persistence/route.repository.ts';
import { RouteBook } from '../../route/use-cases/route-book.ts';
import { QueueNeed, type Backlog } from '../domain/queue-need.ts';

/** Reading the queue may take one part in so many of the time. */
const READ_SHARE = 20;

/** Reads what waits, by line, payee bank and the house that will take it. */
@Injectable()
export class ReadBacklog {
  #readAgainAt = 0;
  #reading: Promise<Backlog> | null = null;

  constructor(
    private readonly database: Database,
    private readonly queue: QueueRepository,
    private readonly routes: RouteRepository,
    private readonly breakers: BreakerRepository,
    private readonly book: RouteBook,
    private readonly lines: HouseLines,
    private readonly need: QueueNeed,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The backlog as it was a moment ago; for a large queue that is as long as reading it took, times the share. */
  async execute(): Promise<Backlog> {
    if (this.need.backlog !== null && performance.now() < this.#readAgainAt) return this.need.backlog;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  async #read(): Promise<Backlog> {
    const startedAt = performance.now();
    const asOf = this.clock.now();
    const rules = await this.#rules();
    const limits = rules.houses.flatMap(({ perItemLimitMinor }) => perItemLimitMinor ?? []);
    const smallestLimit = limits.reduce<bigint | null>((least, limit) => (least === null || limit < least ? limit : least), null);
    const groups = await this.queue.backlog(this.database, smallestLimit);
    const parts = groups.map(({ smallestMinor, ...group }) => ({ ...group, house: houseInNeed({ payoutId: '', amountMinor: smallestMinor, businessLine: group.businessLine, bankCode: group.bankCode }, rules) }));
    const backlog = { parts, asOf };
    this.need.replace(backlog);
    this.#readAgainAt = performance.now() + (performance.now() - startedAt) * READ_SHARE;
    return backlog;
  }

  async #rules(): Promise<RouteRules> {
    const { primaryOf, bankRules } = await this.book.rules();
    const routes = await this.routes.list(this.database);
    const houses = this.lines.houses.flatMap((house) => {
      const route = routes.find((one) => one.route === house);
      return route === undefined ? [] : [{ house, isOpen: route.state === 'OPEN', isPaused: false, room: 0, grantId: null, freeMinor: 0n, perItemLimitMinor: route.perItemLimitMinor }];
    });
    // What tries a route again is on its way back: its need counts there.
    const gates = (await this.breakers.list(this.database)).flatMap(({ key, epoch, state }): [string, Gate][] =>
      state === 'OPEN' ? [[key, { key, epoch, tokensLeft: 0, tokensMax: 0, isSmallOnly: false }]] : [],
    );
    return { houses, primaryOf, bankRules, gates: new Map(gates), heldBack: new Set() };
  }
}
