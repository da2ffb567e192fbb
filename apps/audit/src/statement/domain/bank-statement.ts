import { isBusinessDate, type BusinessDate } from '@jinku/calendar';
import type { Violation } from '@jinku/errors';

/** What a parser reads out of one file: nothing of it is believed before it has been checked. Amounts are fen. */
export interface BankStatement {
  readonly accountNumber: string;
  /** Null where the format does not say and there is no entry to tell it by. */
  readonly businessDate: BusinessDate | null;
  readonly opening: bigint;
  readonly closing: bigint;
  /** Only what the file itself says of its entries. */
  readonly control: ControlTotals;
  readonly entries: readonly StatementEntry[];
}

export interface ControlTotals {
  readonly credit?: bigint;
  readonly debit?: bigint;
  readonly creditCount?: number;
  readonly debitCount?: number;
  /** Of both sides, where the file does not count them apart. */
  readonly count?: number;
}

export interface StatementEntry {
  /** What the account gained; below zero for what it lost. */
  readonly amount: bigint;
  readonly valueDate: BusinessDate;
  /** The bank's own number of the entry: with it the entry is known for ever. */
  readonly bankReference: string;
  /** What the payer gave with the payment, such as our serial number. */
  readonly reference: string | null;
  readonly counterpartyNumber: string | null;
  readonly counterpartyName: string | null;
  readonly purpose: string | null;
  /** What kind of entry the bank says it is, in the bank's own words. */
  readonly code: string | null;
  /** Where the format tells the balance after each entry. */
  readonly balanceAfter: bigint | null;
}

/** The file is not one of its format: each broken rule with its place. Nothing of it is kept as entries. */
export class UnreadableStatement extends Error {
  constructor(readonly violations: readonly Violation[]) {
    super(violations.map(({ field, rule }) => `${field}: ${rule}`).join('; '));
    this.name = 'UnreadableStatement';
  }
}

export function unreadable(field: string, rule: string): UnreadableStatement {
  return new UnreadableStatement([{ field, rule }]);
}

/** A day that exists and that no bank means by mistake: the database knows no year 0. */
export function bankDate(text: string): BusinessDate | null {
  return isBusinessDate(text) && text >= '2000-01-01' && text < '2200-01-01' ? text : null;
}

/** The largest file that is parsed, and the most entries it may hold. */
export const STATEMENT_BYTES_MAX = 8 * 1_048_576;
export const STATEMENT_ENTRIES_MAX = 200_000;
/** No text of a statement is longer: what is, is not one. */
export const STATEMENT_TEXT_MAX = 500;
