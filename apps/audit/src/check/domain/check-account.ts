import { formatAmount, sum } from '@jinku/money';
import { compared, type CheckResult, type FoundBreak } from './check-result.ts';

/** A movement that one side has and the other has not, or not like this, up to the date. */
export interface Outstanding {
  readonly reference: string;
  /** The first, second, … of this reference and direction. */
  readonly occurrence: number;
  readonly ours: { readonly amount: bigint; readonly date: string } | null;
  readonly theirs: { readonly amount: bigint; readonly date: string } | null;
}

/** An entry that no rule knew and nobody has explained. */
export interface UnknownEntry {
  readonly id: string;
  readonly amount: bigint;
  readonly bankReference: string;
  readonly businessDate: string;
}

export interface AccountSides {
  readonly check: 'A4' | 'A5';
  readonly accountId: string;
  /** By value date up to the date, without unknown entries that the ledger has not booked. */
  readonly book: bigint;
  /** The closing balance of the statement. */
  readonly bank: bigint;
  readonly outstanding: readonly Outstanding[];
  readonly unknown: readonly UnknownEntry[];
  readonly inputs: Readonly<Record<string, string>>;
}

/**
 * Checks A4 and A5: the balances, and every movement that we told of to every entry that names one. Items that only one side has are carried from day to
 * day and explain as much of the difference as they are; what stays unexplained is a break of its own.
 */
export function checkAccount({ check, accountId, book, bank, outstanding, unknown, inputs }: AccountSides): CheckResult {
  const breaks = [...outstanding.map((item) => breakOf(accountId, item)), ...unknown.map((entry) => breakOfUnknown(accountId, entry))];
  const explained = sum(outstanding.map(({ ours, theirs }) => (theirs?.amount ?? 0n) - (ours?.amount ?? 0n)));
  const unexplained = bank - book - explained;
  if (unexplained !== 0n) {
    const evidence = { book: formatAmount(book), bank: formatAmount(bank), explained: formatAmount(explained) };
    breaks.push({ key: `${accountId}:BALANCE`, kind: 'AMOUNT', reference: 'BALANCE', amount: unexplained, evidence });
  }
  return compared({ check, subject: accountId }, { left: { book: formatAmount(book) }, right: { bank: formatAmount(bank) }, inputs, breaks });
}

function breakOf(accountId: string, { reference, occurrence, ours, theirs }: Outstanding): FoundBreak {
  const amount = (theirs?.amount ?? 0n) - (ours?.amount ?? 0n);
  const direction = (theirs?.amount ?? ours?.amount ?? 0n) < 0n ? 'DEBIT' : 'CREDIT';
  const evidence = {
    ...(ours === null ? {} : { ours: formatAmount(ours.amount), oursOn: ours.date }),
    ...(theirs === null ? {} : { theirs: formatAmount(theirs.amount), theirsOn: theirs.date }),
  };
  const kind = theirs === null ? 'OURS_ONLY' : ours !== null ? 'AMOUNT' : occurrence > 1 ? 'DUPLICATE' : 'THEIRS_ONLY';
  return { key: `${accountId}:${reference}:${direction}:${occurrence}`, kind, reference, amount, evidence };
}

function breakOfUnknown(accountId: string, { id, amount, bankReference, businessDate }: UnknownEntry): FoundBreak {
  const kind = amount > 0n ? 'UNKNOWN_INCOMING_CREDIT' : 'THEIRS_ONLY';
  return { key: `${accountId}:entry:${id}`, kind, reference: bankReference, amount, evidence: { entryId: id, theirs: formatAmount(amount), theirsOn: businessDate } };
}
