import type { BusinessDate } from '@jinku/calendar';
import type { Violation } from '@jinku/errors';
import { AMOUNT_MINOR_MAX, sum } from '@jinku/money';
import type { BankStatement } from './bank-statement.ts';

/** Of the accepted statements of the account, those before and after in time. */
export interface Neighbours {
  readonly previous: { readonly businessDate: string; readonly closing: bigint } | null;
  readonly next: { readonly businessDate: string; readonly opening: bigint } | null;
}

/** What a statement adds up to by itself: opening + entries = closing, its own control totals, no entry twice, nothing of another day. */
export function faultsWithin(statement: BankStatement, date: BusinessDate): Violation[] {
  const { entries, opening, closing, control } = statement;
  const credits = entries.filter(({ amount }) => amount > 0n).map(({ amount }) => amount);
  const debits = entries.filter(({ amount }) => amount < 0n).map(({ amount }) => -amount);
  const faults: Violation[] = [];
  const demand = (holds: boolean, field: string, rule: string): void => void (holds || faults.push({ field, rule }));
  demand(statement.businessDate === null || statement.businessDate === date, 'businessDate', 'is the date that was asked for');
  demand(opening + sum(credits) - sum(debits) === closing, 'closing', 'is opening + entries');
  demand(control.credit === undefined || control.credit === sum(credits), 'control.credit', 'is the sum of the credits');
  demand(control.debit === undefined || control.debit === sum(debits), 'control.debit', 'is the sum of the debits');
  demand(control.creditCount === undefined || control.creditCount === credits.length, 'control.creditCount', 'is the number of credits');
  demand(control.debitCount === undefined || control.debitCount === debits.length, 'control.debitCount', 'is the number of debits');
  demand(control.count === undefined || control.count === entries.length, 'control.count', 'is the number of entries');
  demand(sum(credits) <= AMOUNT_MINOR_MAX && sum(debits) <= AMOUNT_MINOR_MAX, 'entries', 'sum to amounts that exist');
  const seen = new Set<string>();
  let balance = opening;
  for (const [index, { bankReference, amount, balanceAfter }] of entries.entries()) {
    balance += amount;
    if (seen.has(bankReference)) demand(false, `entries[${index}].bankReference`, 'is in the statement once');
    seen.add(bankReference);
    if (balanceAfter !== null && balanceAfter !== balance) {
      demand(false, `entries[${index}].balanceAfter`, 'is the balance before + the entry');
      // One line left out shifts all that follow: the first place tells.
      break;
    }
  }
  return faults;
}

/** Check A3 from one statement to the next. */
export function faultsBetween({ opening, closing }: Pick<BankStatement, 'opening' | 'closing'>, { previous, next }: Neighbours): Violation[] {
  const faults: Violation[] = [];
  if (previous !== null && previous.closing !== opening) faults.push({ field: 'opening', rule: `is the closing balance of ${previous.businessDate}` });
  if (next !== null && next.opening !== closing) faults.push({ field: 'closing', rule: `is the opening balance of ${next.businessDate}` });
  return faults;
}
