import { stateMachine, unreachable } from '@jinku/errors';

export const BreakerState = {
  /** The route is claimed for as usual. */
  CLOSED: 'CLOSED',
  /** Nothing is claimed for the route: payouts keep their place and spend no attempt. */
  OPEN: 'OPEN',
  /** A few payouts try the route, each with a leased token: small ones at first, then more and of any amount. */
  HALF_OPEN: 'HALF_OPEN',
} as const;
export type BreakerState = (typeof BreakerState)[keyof typeof BreakerState];

export const BreakerEvent = {
  /** The route gave too much trouble. */
  trip: 'trip',
  /** The back-off is over. */
  probe: 'probe',
  /** The tokens of a stage came back, good enough, and there is another stage. */
  advance: 'advance',
  /** The tokens of the last stage came back, good enough. */
  recover: 'recover',
  /** More probes of a stage met trouble than it bears. */
  relapse: 'relapse',
  /** Two persons hold the route open, whatever it does, until a time. */
  forceOpen: 'forceOpen',
  /** Two persons hold the route closed, whatever it does, until a time. */
  forceClose: 'forceClose',
  /** A person ended the force, or its time passed: the route has to prove itself, where it was held open. */
  release: 'release',
} as const;
export type BreakerEvent = (typeof BreakerEvent)[keyof typeof BreakerEvent];

const { CLOSED, OPEN, HALF_OPEN } = BreakerState;

export const breakerStates = stateMachine<BreakerState, BreakerEvent>('breaker', {
  CLOSED: { trip: OPEN, forceOpen: OPEN, forceClose: CLOSED, release: CLOSED },
  OPEN: { probe: HALF_OPEN, forceOpen: OPEN, forceClose: CLOSED, release: HALF_OPEN },
  HALF_OPEN: { advance: HALF_OPEN, recover: CLOSED, relapse: OPEN, forceOpen: OPEN, forceClose: CLOSED },
});

/** Who holds a breaker in its state, why and until when. */
export interface Force {
  readonly by: string;
  readonly approvedBy: string;
  readonly reason: string;
  /** Business time: it is a person's word. */
  readonly until: Date;
}

export interface Breaker {
  readonly key: string;
  readonly state: BreakerState;
  /** Grows with every change of state or stage: whoever acts on what it saw before finds out. */
  readonly epoch: bigint;
  /** Openings since it last recovered; the back-off grows with them. */
  readonly openings: number;
  /** Wall time; null unless OPEN and not forced. */
  readonly openUntil: Date | null;
  readonly stage: number;
  readonly tokensTaken: number;
  /** Tokens whose outcome did not come by then are given out again: their holder has died. */
  readonly tokensUntil: Date | null;
  readonly goodCount: number;
  /** Probes of this stage that met trouble. */
  readonly troubleCount: number;
  readonly reason: string | null;
  readonly force: Force | null;
}

export interface BreakerPolicy {
  readonly firstBackOffMs: number;
  readonly longestBackOffMs: number;
}

/** How many payouts try the route at each stage; after the last it is closed. */
export const STAGE_TOKENS = [2, 8, 32] as const;

/**
 * How many probes of each stage may meet trouble: less than the share that opens a closed route. A route that always loses a few answers, and was
 * closed with them, would never be closed again if each of so many probes had to come back good.
 */
export const STAGE_TROUBLE_MAX = [0, 1, 4] as const;

export function tokensOf(stage: number): number {
  return STAGE_TOKENS[stage] ?? 0;
}

/** At the first stage only the smallest of those that wait may try. */
export function triesSmallOnly(breaker: { stage: number }): boolean {
  return breaker.stage === 0;
}

export function tokensLeft(breaker: Pick<Breaker, 'stage' | 'tokensTaken' | 'tokensUntil'>, wallNow: number): number {
  const tokens = tokensOf(breaker.stage);
  return isLapsed(breaker.tokensUntil, wallNow) ? tokens : Math.max(0, tokens - breaker.tokensTaken);
}

export function isLapsed(until: Date | null, wallNow: number): boolean {
  return until !== null && until.getTime() <= wallNow;
}

export type Happening =
  /** A closed route gave too much trouble; what was under way when it opened says nothing later. */
  | { readonly kind: 'TROUBLE'; readonly reason: string }
  | { readonly kind: 'PROBE_FAILED'; readonly reason: string }
  | { readonly kind: 'GOOD'; readonly count: number }
  /** Time passes. */
  | { readonly kind: 'TIME' }
  | { readonly kind: 'FORCE'; readonly state: 'OPEN' | 'CLOSED'; readonly force: Force }
  | { readonly kind: 'RELEASE'; readonly reason: string };

/** A breaker after what happened, and the event it was; null when nothing follows from it. */
export type Moved = { readonly breaker: Breaker; readonly event: BreakerEvent | null } | null;

export function closedBreaker(key: string): Breaker {
  return { key, state: CLOSED, epoch: 0n, openings: 0, openUntil: null, stage: 0, tokensTaken: 0, tokensUntil: null, goodCount: 0, troubleCount: 0, reason: null, force: null };
}

/** What follows for a breaker. A force holds against everything but another force, a release and its own end. */
export function afterHappening(breaker: Breaker, happening: Happening, given: { wallNow: number; now: Date; policy: BreakerPolicy }): Moved {
  switch (happening.kind) {
    case 'FORCE':
      return moved(breaker, happening.state === 'OPEN' ? 'forceOpen' : 'forceClose', { force: happening.force, reason: happening.force.reason, openings: 0 });
    case 'RELEASE':
      return breaker.force === null ? null : moved(breaker, 'release', { reason: happening.reason });
    case 'TIME':
      if (breaker.force !== null) return isLapsed(breaker.force.until, given.now.getTime()) ? moved(breaker, 'release', { reason: 'FORCE_ENDED' }) : null;
      return breaker.state === OPEN && isLapsed(breaker.openUntil, given.wallNow) ? moved(breaker, 'probe', { reason: breaker.reason }) : null;
    case 'TROUBLE':
      return breaker.force === null && breaker.state === CLOSED ? opened(breaker, happening.reason, given) : null;
    case 'PROBE_FAILED':
      if (breaker.force !== null || breaker.state !== HALF_OPEN) return null;
      if (breaker.troubleCount >= (STAGE_TROUBLE_MAX[breaker.stage] ?? 0)) return opened(breaker, happening.reason, given);
      return tried({ ...breaker, troubleCount: breaker.troubleCount + 1 });
    case 'GOOD':
      return breaker.force === null && breaker.state === HALF_OPEN ? tried({ ...breaker, goodCount: breaker.goodCount + happening.count }) : null;
    default:
      return unreachable(happening);
  }
}

function opened(breaker: Breaker, reason: string, { wallNow, policy }: { wallNow: number; policy: BreakerPolicy }): Moved {
  const backOffMs = Math.min(policy.firstBackOffMs * 2 ** Math.min(breaker.openings, 20), policy.longestBackOffMs);
  return moved(breaker, breaker.state === CLOSED ? 'trip' : 'relapse', { reason, openings: breaker.openings + 1, openUntil: new Date(wallNow + backOffMs) });
}

/** A stage is over when all of its tokens came back. */
function tried(breaker: Breaker): Moved {
  if (breaker.goodCount + breaker.troubleCount < tokensOf(breaker.stage)) return { breaker, event: null };
  const stage = breaker.stage + 1;
  return stage < STAGE_TOKENS.length ? moved(breaker, 'advance', { stage, reason: breaker.reason }) : moved(breaker, 'recover', { reason: null, openings: 0 });
}

/** Whatever the change does not name starts anew; the openings stay. */
function moved(breaker: Breaker, event: BreakerEvent, change: Partial<Breaker>): Moved {
  const fresh = closedBreaker(breaker.key);
  return { event, breaker: { ...fresh, openings: breaker.openings, ...change, state: breakerStates.next(breaker.state, event), epoch: breaker.epoch + 1n } };
}
