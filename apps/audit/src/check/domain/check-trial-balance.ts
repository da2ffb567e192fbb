import { formatAmount, sum } from '@jinku/money';
import { compared, type CheckResult, type FoundBreak } from './check-result.ts';

export interface TrialLine {
  readonly code: string;
  readonly unit: string;
  readonly normalSide: 'DEBIT' | 'CREDIT';
  readonly debitTotal: bigint;
  readonly creditTotal: bigint;
  readonly balance: bigint;
}

/** Check A1 over a business date: the totals of each account at its two ends. Totals only grow, each balance is its totals', and both sides grow alike. */
export function checkTrialBalance(
  { opening, closing }: { opening: readonly TrialLine[]; closing: readonly TrialLine[] },
  { date, digest }: { date: string; digest: string },
): CheckResult {
  const before = new Map(opening.map((line) => [line.code, line]));
  const breaks: FoundBreak[] = [];
  const add = (code: string, amount: bigint, what: string): void =>
    void breaks.push({ key: `${date}:${code}:${what}`, kind: 'AMOUNT', reference: code, amount, evidence: { rule: what, businessDate: date } });
  for (const line of closing) {
    const was = before.get(line.code);
    const movement = { debit: line.debitTotal - (was?.debitTotal ?? 0n), credit: line.creditTotal - (was?.creditTotal ?? 0n) };
    if (movement.debit < 0n || movement.credit < 0n) add(line.code, movement.debit - movement.credit, 'totals only grow');
    const side = line.normalSide === 'DEBIT' ? 1n : -1n;
    const expected = (was?.balance ?? 0n) + side * (movement.debit - movement.credit);
    if (expected !== line.balance) add(line.code, line.balance - expected, 'opening + movement = closing');
    before.delete(line.code);
  }
  for (const line of before.values()) add(line.code, -line.balance, 'an account never leaves the books');
  const units = [...new Set(closing.map(({ unit }) => unit))].sort();
  const left: Record<string, string> = {};
  const right: Record<string, string> = {};
  for (const unit of units) {
    const of = closing.filter((line) => line.unit === unit);
    const [debit, credit] = [sum(of.map(({ debitTotal }) => debitTotal)), sum(of.map(({ creditTotal }) => creditTotal))];
    left[`${unit} debit`] = formatAmount(debit);
    right[`${unit} credit`] = formatAmount(credit);
    if (debit !== credit) add(unit, credit - debit, 'debits = credits');
  }
  return compared({ check: 'A1', subject: 'BOOKS' }, { left, right, inputs: { trialBalances: digest }, breaks });
}
