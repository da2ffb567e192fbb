import type { BreakKind } from '../../break/domain/break-state.ts';

/** The checks that are carried out; the others of the audit have no feed yet and say so. */
export const CheckCode = {
  /** Trial balance: debits = credits, opening + movement = closing. */
  A1: 'A1',
  /** Continuity of statements: closing n = opening n + 1, opening + entries = closing. */
  A3: 'A3',
  /** Mirror account to bank: balance and entries. */
  A4: 'A4',
  /** Central reserve: its internal account to balance, totals and movements. */
  A5: 'A5',
  /** Session net: what we counted of a session to the house's result. */
  A7: 'A7',
  /** Payouts line by line: ours to the house's bill. */
  A8: 'A8',
  /** Coverage: client money to what clients are owed. */
  A11: 'A11',
} as const;
export type CheckCode = (typeof CheckCode)[keyof typeof CheckCode];

/** Checks of the day that nothing is collected for yet. */
export const UNFED_CHECKS = ['A2', 'A6', 'A9', 'A10', 'A12', 'A13', 'A14'] as const;

export const Verdict = {
  /** Both sides are there and the same. */
  AGREES: 'AGREES',
  /** Both sides are there, and each difference is a break. */
  DIFFERS: 'DIFFERS',
  /** A side is missing: nothing is known. */
  NOT_RUN: 'NOT_RUN',
} as const;
export type Verdict = (typeof Verdict)[keyof typeof Verdict];

/** Figures by name, amounts as decimal strings. */
export type Figures = Readonly<Record<string, string>>;

export interface FoundBreak {
  /** Names the difference: the same difference found again is the same break. */
  readonly key: string;
  readonly kind: BreakKind;
  /** What the other side's document or ours calls it. */
  readonly reference: string;
  /** Theirs less ours. */
  readonly amount: bigint;
  readonly evidence: Figures;
}

export interface CheckResult {
  readonly check: CheckCode;
  /** An account's id, a clearing house, or BOOKS. */
  readonly subject: string;
  readonly verdict: Verdict;
  /** Why it did not run. */
  readonly reason: string | null;
  readonly left: Figures;
  readonly right: Figures;
  /** What the verdict follows from: the same inputs give the same verdict. */
  readonly inputs: Figures;
  readonly breaks: readonly FoundBreak[];
  /** All that were found, of which `breaks` may hold the first only. */
  readonly breakCount: number;
}

type Place = Pick<CheckResult, 'check' | 'subject'>;

export function notRun(place: Place, reason: string): CheckResult {
  return { ...place, verdict: 'NOT_RUN', reason, left: {}, right: {}, inputs: {}, breaks: [], breakCount: 0 };
}

export function compared(place: Place, found: Pick<CheckResult, 'left' | 'right' | 'inputs' | 'breaks'> & { readonly breakCount?: number }): CheckResult {
  const breakCount = found.breakCount ?? found.breaks.length;
  return { ...place, reason: null, ...found, breakCount, verdict: breakCount === 0 ? 'AGREES' : 'DIFFERS' };
}
