import type { InternalAccount } from '../../internal-account/domain/internal-account.ts';
import { LEDGER_REFUSALS } from './journal-refusals.ts';
import { assertBalanced, type EntryDraft } from './journal-entry.ts';

export interface AccountDeltas {
  readonly accounts: number[];
  readonly debits: bigint[];
  readonly credits: bigint[];
}

/** One delta per account over all the entries, in the order of account ids. */
export function accountDeltas(entries: readonly Pick<EntryDraft, 'lines'>[], chart: ReadonlyMap<string, InternalAccount>): AccountDeltas {
  const deltas = new Map<number, { debit: bigint; credit: bigint }>();
  for (const entry of entries) {
    for (const { account, amount } of entry.lines) {
      const id = accountOf(chart, account).id;
      let delta = deltas.get(id);
      if (delta === undefined) deltas.set(id, (delta = { debit: 0n, credit: 0n }));
      if (amount > 0n) delta.debit += amount;
      else delta.credit -= amount;
    }
  }
  const accounts = [...deltas.keys()].sort((a, b) => a - b);
  return { accounts, debits: accounts.map((id) => deltas.get(id)!.debit), credits: accounts.map((id) => deltas.get(id)!.credit) };
}

export function accountOf(chart: ReadonlyMap<string, InternalAccount>, code: string): InternalAccount {
  const account = chart.get(code);
  if (account === undefined) throw LEDGER_REFUSALS.UNKNOWN_INTERNAL_ACCOUNT({ detail: `There is no internal account ${code}.` });
  return account;
}

/** Balanced, of one unit, on accounts that take postings. */
export function assertPostable(entry: Pick<EntryDraft, 'lines' | 'unit'>, chart: ReadonlyMap<string, InternalAccount>): void {
  assertBalanced(entry);
  for (const line of entry.lines) {
    const account = accountOf(chart, line.account);
    if (account.isControl) throw LEDGER_REFUSALS.POSTING_TO_PARENT({ detail: `${account.code} is a parent account.` });
    if (account.unit !== entry.unit) throw LEDGER_REFUSALS.ENTRY_MIXES_UNITS({ detail: `${account.code} is kept in ${account.unit}.` });
  }
}
