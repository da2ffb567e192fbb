import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import type { BankRule, RouteRules } from '../domain/route-choice.ts';
import { routeKey } from '../domain/route-key.ts';
import { RouteRepository } from '../persistence/route.repository.ts';

export interface StandingRules extends Pick<RouteRules, 'primaryOf' | 'bankRules'> {
  /** Nothing differs from the rule: every line takes the first house, and it reaches every bank with any amount. */
  readonly isPlain: boolean;
}

/** What people have changed is followed within so long; it is preference, never safety. */
const FRESH_MS = 1_000;

/** The rules of routing that people set, as they were a moment ago: they change by the week, and every claim asks for them. */
@Injectable()
export class RouteBook {
  #rules: StandingRules | null = null;
  #readAt = 0;
  #reading: Promise<StandingRules> | null = null;

  constructor(
    private readonly database: Database,
    private readonly routes: RouteRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Never call it inside a transaction: it may wait for a reading of its own. */
  async rules(): Promise<StandingRules> {
    if (this.#rules !== null && this.clock.wallNow() - this.#readAt < FRESH_MS) return this.#rules;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = null;
    });
    return this.#reading;
  }

  /** The next claim of this process reads anew. */
  forget(): void {
    this.#rules = null;
  }

  async #read(): Promise<StandingRules> {
    const readAt = this.clock.wallNow();
    const primaries = await this.routes.listPrimaries(this.database);
    const banks = await this.routes.listBanks(this.database);
    const bankRules = new Map<string, BankRule>(banks.map(({ route, bankCode, ...rule }) => [routeKey(route, bankCode), rule]));
    const rules = { primaryOf: new Map(primaries.map(({ code, primaryHouse }) => [code, primaryHouse])), bankRules, isPlain: primaries.length + banks.length === 0 };
    this.#rules = rules;
    this.#readAt = readAt;
    return rules;
  }
}
