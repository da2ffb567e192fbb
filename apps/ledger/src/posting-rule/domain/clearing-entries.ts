import type { ReceiptsCountedV1, SessionAdvancedV1 } from '@jinku/contracts';
import type { EntryDraft } from '../../journal/domain/journal-entry.ts';
import { LEDGER_REFUSALS } from '../../journal/domain/journal-refusals.ts';
import { available, clearedNet, clientFundsPayable, collectionReceivable, consumed, linkedAccount, payoutPayable, payoutReceivable } from './accounts-of-place.ts';
import { entryBy, minorOf, signedMinorOf, type PostingRule, type RuleContext } from './posting-rule.ts';

export const CLEARING_RULES = {
  'receipts-counted.v1': {
    event: 'quotas.receipts-counted.v1', unit: 'CNY', moves: [{ debit: collectionReceivable, credit: clientFundsPayable }],
    sentence: 'Clients paid in through the clearing house: it owes us the money until it settles, and we owe it to the clients. Booked is what the total rose by since it was booked last.',
  },
  'payouts-cleared.v1': {
    event: 'quotas.session-advanced.v1', unit: 'CNY', moves: [{ debit: payoutPayable, credit: clearedNet }],
    sentence: "The session's result is confirmed: what we owe for its payouts goes into the net, gross.",
  },
  'returns-cleared.v1': {
    event: 'quotas.session-advanced.v1', unit: 'CNY', moves: [{ debit: clearedNet, credit: payoutReceivable }],
    sentence: "The session's result is confirmed: what the house owes us for returned payouts goes into the net, gross.",
  },
  'receipts-cleared.v1': {
    event: 'quotas.session-advanced.v1', unit: 'CNY', moves: [{ debit: clearedNet, credit: collectionReceivable }],
    sentence: "The session's result is confirmed: what the house owes us for receipts goes into the net, gross.",
  },
  'session-settled.v1': {
    event: 'quotas.session-advanced.v1', unit: 'CNY', moves: [{ debit: linkedAccount, credit: clearedNet }],
    sentence: 'The settlement target moved by the net; a net that we owed stands on the other sides.',
  },
  'quota-reflected.v1': {
    event: 'quotas.session-advanced.v1', unit: 'CNY.QUOTA', moves: [{ debit: available, credit: consumed }],
    sentence: "The session settled: its payouts are part of what is mapped from now on and are no longer held against it.",
  },
} as const satisfies Record<string, PostingRule>;

/** `previousTotal` is what the books hold, not what the message says: a total heals whatever was told in another order or never came. */
export function entriesOfReceipts(message: ReceiptsCountedV1, { previousTotal, ...context }: RuleContext & { previousTotal: bigint }): EntryDraft[] {
  const amount = minorOf(message.total) - previousTotal;
  if (amount <= 0n) return [];
  const { clearingHouse: house, clearingDate: valueDate, receiptId: reference, channel } = message;
  return [entryBy(CLEARING_RULES, 'receipts-counted', { context, place: { house }, amount, valueDate, reference, description: channel })];
}

export interface SessionContext extends RuleContext {
  /** The day on which the session went on; the session's own date stands in the description. */
  readonly valueDate: string;
  /** The internal account of the settlement target; needed for a session that settled. */
  readonly target: string | null;
}

/** Entries of zero are left out: a session may have had no returns, or a net of nothing. */
export function entriesOfSession(message: SessionAdvancedV1, { valueDate, target, ...context }: SessionContext): EntryDraft[] {
  const { clearingHouse: house, clearingDate, sessionId: reference } = message;
  const entry = (kind: Parameters<typeof entryBy<typeof CLEARING_RULES>>[1], amount: bigint): EntryDraft[] =>
    amount === 0n
      ? []
      : [entryBy(CLEARING_RULES, kind, { context, place: { house, ...(target === null ? {} : { account: target }) }, amount, valueDate, reference, description: `${house} ${clearingDate}` })];
  const [payouts, returns, receipts] = [minorOf(message.payouts), minorOf(message.returns), minorOf(message.receipts)];
  switch (message.state) {
    case 'CONFIRMED':
      return [...entry('payouts-cleared', payouts), ...entry('returns-cleared', returns), ...entry('receipts-cleared', receipts)];
    case 'SETTLED':
      // Else something would stand in the net for ever, and nobody would know why.
      if (signedMinorOf(message.net) !== receipts + returns - payouts) throw LEDGER_REFUSALS.SESSION_NET_UNEXPLAINED();
      return [...entry('session-settled', receipts + returns - payouts), ...entry('quota-reflected', payouts)];
    case 'CLOSED':
    case 'RESULT_RECEIVED':
    case 'DISPUTED':
      return [];
  }
}
