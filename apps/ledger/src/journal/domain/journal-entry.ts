import type { Unit } from '@jinku/money';
import { LEDGER_REFUSALS } from './journal-refusals.ts';

/** A debit is positive, a credit negative. */
export interface Line {
  readonly account: string;
  readonly amount: bigint;
}

/** An entry as a rule or a person makes it: by the codes of accounts. */
export interface EntryDraft {
  readonly id: string;
  readonly unit: Unit;
  /** The rule that made it, with its version; `manual.v1` for a person's. */
  readonly rule: string;
  /** What it is about: a payout's id, an observation's, a document's number. */
  readonly reference: string;
  readonly valueDate: string;
  readonly lines: readonly Line[];
  readonly reverses?: string;
  readonly pendingId?: string;
  readonly description?: string;
}



/** The rules that an entry keeps by itself, whatever the accounts hold. */
export function assertBalanced(entry: Pick<EntryDraft, 'lines'>): void {
  let sum = 0n;
  let isEmpty = entry.lines.length < 2;
  for (const line of entry.lines) {
    sum += line.amount;
    isEmpty ||= line.amount === 0n;
  }
  if (sum !== 0n || isEmpty) throw LEDGER_REFUSALS.ENTRY_NOT_BALANCED();
}

/** The same lines with their sides exchanged: what was posted stays, and its effect is gone. */
export function reversalOf(entry: EntryDraft, { id, valueDate, description }: { id: string; valueDate: string; description: string }): EntryDraft {
  if (entry.reverses !== undefined) throw LEDGER_REFUSALS.REVERSAL_OF_REVERSAL();
  return {
    id,
    unit: entry.unit,
    rule: 'reversal.v1',
    reference: entry.reference,
    valueDate,
    lines: entry.lines.map((line) => ({ account: line.account, amount: -line.amount })),
    reverses: entry.id,
    description,
  };
}
