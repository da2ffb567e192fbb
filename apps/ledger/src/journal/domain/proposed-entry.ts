import { invariant } from '@jinku/errors';
import { parseAmount, type Unit } from '@jinku/money';
import { fundOf } from '../../posting-rule/domain/fund.ts';
import type { EntryDraft } from './journal-entry.ts';
import { LEDGER_REFUSALS } from './journal-refusals.ts';

/** What people propose of the journal. */
export const EntryProposalKind = {
  /** A balanced entry. */
  ENTRY: 'ledger.entry',
  /** The reversal of a posted entry. */
  REVERSAL: 'ledger.reversal',
} as const;
export type EntryProposalKind = (typeof EntryProposalKind)[keyof typeof EntryProposalKind];

export interface ProposedEntry {
  readonly unit: Unit;
  readonly reference: string;
  readonly valueDate: string;
  readonly lines: readonly { readonly account: string; readonly side: 'DEBIT' | 'CREDIT'; readonly amount: string }[];
}

/** What is carried out on approval: the entry's content, or the id of the entry to be reversed. */
export interface EntryProposal {
  /** The id that the entry has once it is posted. */
  readonly entryId: string;
  readonly content?: ProposedEntry;
  readonly reversedEntryId?: string;
}

/** An entry of people as the journal takes it; the amounts have been checked with the request. */
export function draftOf(content: ProposedEntry, { id, description }: { id: string; description: string }): EntryDraft {
  const lines = content.lines.map(({ account, side, amount }) => {
    const minor = parseAmount(amount);
    invariant(minor !== null, 'the request has been checked');
    return { account, amount: side === 'DEBIT' ? minor : -minor };
  });
  return { id, unit: content.unit, rule: 'manual.v1', reference: content.reference, valueDate: content.valueDate, lines, description };
}

/** Client money and own money meet in the entries of posting rules alone, each of which says why; people write one entry for each. */
export function assertOneFund({ lines }: Pick<EntryDraft, 'lines'>): void {
  const funds = new Set(lines.map((line) => fundOf(line.account)));
  if (funds.size > 1) throw LEDGER_REFUSALS.FUNDS_MIXED();
}
