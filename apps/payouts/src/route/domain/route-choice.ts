import type { ClearingHouse } from '@jinku/contracts';
import { routeKey } from './route-key.ts';

/** A payout at the head of a shard's queue. */
export interface WaitingPayout {
  readonly payoutId: string;
  readonly amountMinor: bigint;
  readonly businessLine: string;
  readonly bankCode: string;
}

/** What a shard may do at one house now. */
export interface HouseStanding {
  readonly house: ClearingHouse;
  readonly isOpen: boolean;
  /** The house answers nothing, or that it is closed: its sender waits a while. */
  readonly isPaused: boolean;
  /** How many more the house's sender takes. */
  readonly room: number;
  readonly grantId: string | null;
  readonly freeMinor: bigint;
  readonly perItemLimitMinor: bigint | null;
}

/** A breaker that is not closed, as a claim sees it. */
export interface Gate {
  readonly key: string;
  readonly epoch: bigint;
  /** None while it is open. */
  readonly tokensLeft: number;
  readonly tokensMax: number;
  readonly isSmallOnly: boolean;
}

/** What differs from the rule that a house reaches every bank with any amount. */
export interface BankRule {
  readonly isReachable: boolean;
  readonly perItemLimitMinor: bigint | null;
}

export interface RouteRules {
  /** In the order in which they are configured: the first is primary where a business line names none. */
  readonly houses: readonly HouseStanding[];
  readonly primaryOf: ReadonlyMap<string, ClearingHouse>;
  readonly bankRules: ReadonlyMap<string, BankRule>;
  readonly gates: ReadonlyMap<string, Gate>;
  /** Houses whose quota an earlier payout, set aside, waits for. */
  readonly heldBack: ReadonlySet<ClearingHouse>;
}

/** Why a house cannot take a payout. */
export const Impediment = {
  /** The payee bank is not reached through the house. */
  UNREACHABLE: 'UNREACHABLE',
  ABOVE_LIMIT: 'ABOVE_LIMIT',
  /** The house is stopped for a defect of ours. */
  STOPPED: 'STOPPED',
  /** The house is closed, or answers nothing. */
  PAUSED: 'PAUSED',
  /** The house's breaker is open. */
  BROKEN: 'BROKEN',
  /** The breaker of this payee bank at this house is open. */
  BANK_BROKEN: 'BANK_BROKEN',
  /** The shard's grant at the house does not cover it, or an earlier payout waits for it. */
  NO_QUOTA: 'NO_QUOTA',
  /** As many are under way as the house takes at once: it will be its turn in a moment. */
  BUSY: 'BUSY',
} as const;
export type Impediment = (typeof Impediment)[keyof typeof Impediment];

/** Why an attempt went to its house: its primary took it, it tries a route that was broken, or what kept it from its primary. */
export type RouteReason = 'PRIMARY' | 'PROBE' | `PRIMARY_${Exclude<Impediment, 'BUSY'>}`;

export interface ChosenRoute {
  readonly payout: WaitingPayout;
  readonly house: ClearingHouse;
  readonly reason: RouteReason;
  /** The breakers whose token it takes. */
  readonly probes: readonly Gate[];
}

export interface RoutePlan {
  readonly chosen: readonly ChosenRoute[];
  /** Payouts that no house takes now and that would keep others from leaving, each with the houses it waits for. */
  readonly aside: readonly { readonly payout: WaitingPayout; readonly waitsFor: string }[];
}

/** Between the names of the houses a payout waits for. Empty when by today's rules no house will ever take it. */
const SEPARATOR = ',';

interface Turn {
  readonly free: Map<ClearingHouse, bigint>;
  readonly room: Map<ClearingHouse, number>;
  readonly tokens: Map<string, number>;
  readonly short: Set<ClearingHouse>;
}

/**
 * Chooses for each payout at the head of the queue, in order, the house it goes to: its line's primary, or the other one when the primary cannot take
 * it. A payout that waits for quota is not overtaken at that house. Whoever can go nowhere steps aside when others could.
 */
export function planRoutes(waiting: readonly WaitingPayout[], rules: RouteRules, windowMax: number): RoutePlan {
  const turn: Turn = {
    free: new Map(rules.houses.map(({ house, freeMinor }) => [house, freeMinor])),
    room: new Map(rules.houses.map(({ house, room }) => [house, room])),
    tokens: new Map([...rules.gates.values()].map(({ key, tokensLeft }) => [key, tokensLeft])),
    short: new Set(rules.heldBack),
  };
  const small = smallest(waiting, rules);
  const chosen: ChosenRoute[] = [];
  const barred: WaitingPayout[] = [];
  const short: WaitingPayout[] = [];
  for (const payout of waiting) {
    const choice = choose(payout, { rules, turn, small });
    if (typeof choice === 'object') chosen.push(choice);
    else if (choice === 'BARRED') barred.push(payout);
    else if (choice === 'SHORT') short.push(payout);
  }
  // While every house has its own trouble, all wait where they are.
  if (!rules.houses.some((standing) => isFree(standing, rules))) return { chosen, aside: [] };
  const stepsAside = chosen.length === 0 && waiting.length >= windowMax ? [...barred, ...short] : barred;
  return { chosen, aside: stepsAside.map((payout) => ({ payout, waitsFor: possibleHouses(payout, rules).join(SEPARATOR) })) };
}

/** Payouts that stepped aside, by what they wait for. */
export interface AsideGroup {
  readonly waitsFor: string;
  readonly bankCode: string;
}

export interface Return extends AsideGroup {
  readonly house: ClearingHouse;
  readonly countMax: number;
  readonly freeMinor: bigint;
  readonly isSmallOnly: boolean;
}

/** The groups of which some may stand in the queue again, for one of their houses takes their bank now. */
export function planReturns(groups: readonly AsideGroup[], rules: RouteRules, countMax: number): Return[] {
  return groups.flatMap((group) => {
    for (const name of group.waitsFor.split(SEPARATOR)) {
      const standing = rules.houses.find(({ house }) => house === name);
      if (standing === undefined || !standing.isOpen || standing.isPaused || standing.grantId === null || standing.freeMinor <= 0n) continue;
      const gates = gatesOf(standing.house, group.bankCode, rules);
      if (gates.some(({ tokensLeft }) => tokensLeft === 0)) continue;
      return [
        {
          ...group,
          house: standing.house,
          countMax: Math.min(countMax, ...gates.map(({ tokensLeft }) => tokensLeft)),
          freeMinor: standing.freeMinor,
          isSmallOnly: gates.some(({ isSmallOnly }) => isSmallOnly),
        },
      ];
    }
    return [];
  });
}

/** The houses that may take a payout by rules that only people change, its primary first. */
export function possibleHouses(payout: WaitingPayout, rules: Pick<RouteRules, 'houses' | 'primaryOf' | 'bankRules'>): ClearingHouse[] {
  return inOrder(payout, rules).flatMap((standing) => (impedimentByRule(payout, standing, rules) === null ? [standing.house] : []));
}

/** Which house a payout's need of quota is told for: the first of its houses that works, whatever its quota. */
export function houseInNeed(payout: WaitingPayout, rules: RouteRules): ClearingHouse | null {
  const possible = inOrder(payout, rules).filter((standing) => impedimentByRule(payout, standing, rules) === null);
  const works = possible.find((standing) => standing.isOpen && gatesOf(standing.house, payout.bankCode, rules).every(({ tokensLeft }) => tokensLeft > 0));
  return (works ?? possible[0])?.house ?? null;
}

function choose(payout: WaitingPayout, given: { rules: RouteRules; turn: Turn; small: ReadonlySet<string> }): ChosenRoute | 'BUSY' | 'SHORT' | 'BARRED' {
  const { rules, turn } = given;
  let first: Impediment | null = null;
  let shortOf: ClearingHouse | null = null;
  for (const standing of inOrder(payout, rules)) {
    const impediment = impedimentOf(payout, standing, given);
    if (impediment === 'BUSY') return 'BUSY';
    if (impediment === null) return taken(payout, standing.house, { rules, turn, first });
    if (impediment === 'NO_QUOTA') shortOf ??= standing.house;
    first ??= impediment;
  }
  if (shortOf === null) return 'BARRED';
  turn.short.add(shortOf);
  return 'SHORT';
}

function taken(payout: WaitingPayout, house: ClearingHouse, given: { rules: RouteRules; turn: Turn; first: Impediment | null }): ChosenRoute {
  const { rules, turn, first } = given;
  const probes = gatesOf(house, payout.bankCode, rules);
  for (const { key } of probes) turn.tokens.set(key, (turn.tokens.get(key) ?? 0) - 1);
  turn.free.set(house, (turn.free.get(house) ?? 0n) - payout.amountMinor);
  turn.room.set(house, (turn.room.get(house) ?? 0) - 1);
  const reason: RouteReason = probes.length > 0 ? 'PROBE' : first === null || first === 'BUSY' ? 'PRIMARY' : `PRIMARY_${first}`;
  return { payout, house, reason, probes };
}

function impedimentOf(payout: WaitingPayout, standing: HouseStanding, { rules, turn, small }: { rules: RouteRules; turn: Turn; small: ReadonlySet<string> }): Impediment | null {
  const { house } = standing;
  const byRule = impedimentByRule(payout, standing, rules);
  if (byRule !== null) return byRule;
  if (!standing.isOpen) return 'STOPPED';
  for (const { key, isSmallOnly } of gatesOf(house, payout.bankCode, rules)) {
    if ((turn.tokens.get(key) ?? 0) <= 0 || (isSmallOnly && !small.has(`${key} ${payout.payoutId}`))) return key === house ? 'BROKEN' : 'BANK_BROKEN';
  }
  if (standing.isPaused) return 'PAUSED';
  if (standing.grantId === null || turn.short.has(house) || (turn.free.get(house) ?? 0n) < payout.amountMinor) return 'NO_QUOTA';
  return (turn.room.get(house) ?? 0) <= 0 ? 'BUSY' : null;
}

function impedimentByRule(payout: WaitingPayout, standing: HouseStanding, rules: Pick<RouteRules, 'bankRules'>): 'UNREACHABLE' | 'ABOVE_LIMIT' | null {
  const rule = rules.bankRules.get(routeKey(standing.house, payout.bankCode));
  if (rule?.isReachable === false) return 'UNREACHABLE';
  const limits = [standing.perItemLimitMinor, rule?.perItemLimitMinor ?? null];
  return limits.some((limit) => limit !== null && payout.amountMinor > limit) ? 'ABOVE_LIMIT' : null;
}

function inOrder(payout: WaitingPayout, { houses, primaryOf }: Pick<RouteRules, 'houses' | 'primaryOf'>): HouseStanding[] {
  const primary = primaryOf.get(payout.businessLine) ?? houses[0]?.house;
  return [...houses.filter(({ house }) => house === primary), ...houses.filter(({ house }) => house !== primary)];
}

function gatesOf(house: ClearingHouse, bankCode: string, { gates }: Pick<RouteRules, 'gates'>): Gate[] {
  if (gates.size === 0) return [];
  return [gates.get(house), gates.get(routeKey(house, bankCode))].filter((gate) => gate !== undefined);
}

/** Nothing keeps the house as a whole from paying. */
function isFree({ house, isOpen, isPaused, grantId, freeMinor }: HouseStanding, { gates }: RouteRules): boolean {
  return isOpen && !isPaused && grantId !== null && freeMinor > 0n && !gates.has(house);
}

/** Of those that wait for a route at its first stage, the smallest: as many as it has tokens. */
function smallest(waiting: readonly WaitingPayout[], rules: RouteRules): Set<string> {
  const small = new Set<string>();
  for (const gate of rules.gates.values()) {
    if (!gate.isSmallOnly || gate.tokensLeft === 0) continue;
    const wanting = waiting.filter((payout) => possibleHouses(payout, rules).some((house) => gatesOf(house, payout.bankCode, rules).includes(gate)));
    wanting.sort((a, b) => (a.amountMinor < b.amountMinor ? -1 : a.amountMinor > b.amountMinor ? 1 : 0));
    for (const { payoutId } of wanting.slice(0, gate.tokensLeft)) small.add(`${gate.key} ${payoutId}`);
  }
  return small;
}
