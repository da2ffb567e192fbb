import type { OutcomeClass } from '@jinku/connectors';
import type { ClearingHouse } from '@jinku/contracts';
import { routeKey } from './route-key.ts';

/** What an answer says about the route it came by. */
export const RouteVerdict = {
  GOOD: 'GOOD',
  /** Definitely not executed because the route does not work. */
  TECHNICAL: 'TECHNICAL',
  /** Nobody knows whether it was executed: the worst a route can do. */
  UNKNOWN: 'UNKNOWN',
} as const;
export type RouteVerdict = (typeof RouteVerdict)[keyof typeof RouteVerdict];

/**
 * Null for what says nothing about the route: our own defects, a house that is closed or short of quota, a number seen before. A business refusal says
 * that the route works.
 */
export function verdictOf(answer: { outcome: OutcomeClass; detail: string }): RouteVerdict | null {
  if (answer.detail === 'NOT_SIGNED' || answer.detail === 'ABORTED') return null;
  if (answer.detail === 'NOT_CONNECTED') return 'TECHNICAL';
  if (answer.outcome === 'UNKNOWN') return 'UNKNOWN';
  const isWord = answer.outcome === 'SUCCEEDED' || answer.outcome === 'ACCEPTED' || answer.outcome === 'FAILED' || answer.outcome === 'REJECTED_RISK';
  return isWord ? 'GOOD' : null;
}

/** When a route gives too much trouble: so many in the window, and so large a part of all its answers. */
export interface TroublePolicy {
  readonly windowMs: number;
  readonly unknownMin: number;
  readonly unknownPercent: number;
  readonly technicalMin: number;
  readonly technicalPercent: number;
}

interface Counts {
  good: number;
  technical: number;
  unknown: number;
}

const BUCKETS = 10;
/** Troubles that belong to no bank: the house was not reached at all. */
const NO_BANK = '';

/**
 * The answers of all routes in a sliding window, as this process saw them. A bank that does not answer is not held against its house: of a house's
 * answers those of the bank that gives the most trouble are left out.
 */
export class TroubleWindow {
  readonly #policy: TroublePolicy;
  readonly #houses = new Map<ClearingHouse, Map<string, { at: number; counts: Counts }[]>>();

  constructor(policy: TroublePolicy) {
    this.#policy = policy;
  }

  /** The routes whose trouble is too much by now, with why; only ever after trouble. */
  note(route: { house: ClearingHouse; bankCode: string }, verdict: RouteVerdict, wallNow: number): { key: string; reason: string }[] {
    const bankCode = verdict === 'TECHNICAL' ? NO_BANK : route.bankCode;
    const counts = this.#bucket(route.house, bankCode, wallNow).counts;
    if (verdict === 'GOOD') counts.good += 1;
    else if (verdict === 'UNKNOWN') counts.unknown += 1;
    else counts.technical += 1;
    if (verdict === 'GOOD') return [];
    const tripped: { key: string; reason: string }[] = [];
    const ofBank = bankCode === NO_BANK ? null : tooMuch(this.#sum(route.house, bankCode, wallNow), this.#policy);
    if (ofBank !== null) tripped.push({ key: routeKey(route.house, bankCode), reason: ofBank });
    const ofHouse = tooMuch(this.#withoutWorst(route.house, wallNow), this.#policy);
    if (ofHouse !== null) tripped.push({ key: route.house, reason: ofHouse });
    return tripped;
  }

  /** What was counted before the route opened is not held against it again. */
  forget(house: ClearingHouse, bankCode: string | null): void {
    if (bankCode === null) this.#houses.delete(house);
    else this.#houses.get(house)?.delete(bankCode);
  }

  #bucket(house: ClearingHouse, bankCode: string, wallNow: number): { at: number; counts: Counts } {
    const banks = this.#houses.get(house) ?? new Map<string, { at: number; counts: Counts }[]>();
    this.#houses.set(house, banks);
    const buckets = banks.get(bankCode) ?? [];
    banks.set(bankCode, buckets);
    const at = Math.floor(wallNow / (this.#policy.windowMs / BUCKETS));
    const last = buckets.at(-1);
    if (last?.at === at) return last;
    const bucket = { at, counts: { good: 0, technical: 0, unknown: 0 } };
    buckets.push(bucket);
    if (buckets.length > BUCKETS) buckets.shift();
    return bucket;
  }

  #sum(house: ClearingHouse, bankCode: string, wallNow: number): Counts {
    const oldest = Math.floor(wallNow / (this.#policy.windowMs / BUCKETS)) - BUCKETS;
    const inWindow = (this.#houses.get(house)?.get(bankCode) ?? []).filter(({ at }) => at > oldest);
    return total(inWindow.map(({ counts }) => counts));
  }

  #withoutWorst(house: ClearingHouse, wallNow: number): Counts {
    const banks = [...(this.#houses.get(house)?.keys() ?? [])].filter((bankCode) => bankCode !== NO_BANK);
    const sums = banks.map((bankCode) => this.#sum(house, bankCode, wallNow)).sort((a, b) => b.unknown - a.unknown);
    return total([this.#sum(house, NO_BANK, wallNow), ...sums.slice(1)]);
  }
}

function total(all: readonly Counts[]): Counts {
  const sum = { good: 0, technical: 0, unknown: 0 };
  for (const { good, technical, unknown } of all) {
    sum.good += good;
    sum.technical += technical;
    sum.unknown += unknown;
  }
  return sum;
}

function tooMuch({ good, technical, unknown }: Counts, policy: TroublePolicy): string | null {
  const all = good + technical + unknown;
  if (unknown >= policy.unknownMin && unknown * 100 >= policy.unknownPercent * all) return 'UNKNOWN_OUTCOMES';
  if (technical >= policy.technicalMin && technical * 100 >= policy.technicalPercent * all) return 'TECHNICAL_FAILURES';
  return null;
}
