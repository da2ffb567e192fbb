import type { EntriesRecognisedV1, RecognisedKind } from '@jinku/contracts';
import type { EntryDraft } from '../../journal/domain/journal-entry.ts';
import { charges, chargesToBeMadeGood, interestDueToOwnFunds, interestInClientMoney, interestIncome, linkedAccount, owedToClientMoney, suspense } from './accounts-of-place.ts';
import { Fund, fundOf } from './fund.ts';
import { entryBy, signedMinorOf, type KindOf, type PostingRule, type RuleContext } from './posting-rule.ts';

const EVENT = 'audit.entries-recognised.v1';

/** Every rule goes by what the account gained; what it lost stands on the other sides. */
export const RECOGNISED_RULES = {
  'interest-on-own-account.v1': {
    event: EVENT, unit: 'CNY', moves: [{ debit: linkedAccount, credit: interestIncome }],
    sentence: 'The bank paid interest on own funds.',
  },
  'interest-on-client-account.v1': {
    event: EVENT, unit: 'CNY', moves: [{ debit: linkedAccount, credit: interestDueToOwnFunds }, { debit: interestInClientMoney, credit: interestIncome }],
    sentence: 'The bank paid interest into client money: it is ours, and stays there, owed to own funds, until it is drawn.',
  },
  'charge-on-own-account.v1': {
    event: EVENT, unit: 'CNY', moves: [{ debit: linkedAccount, credit: charges }],
    sentence: 'The bank took a charge from own funds.',
  },
  'charge-on-client-account.v1': {
    event: EVENT, unit: 'CNY', moves: [{ debit: linkedAccount, credit: chargesToBeMadeGood }, { debit: owedToClientMoney, credit: charges }],
    sentence: 'The bank took a charge from client money: own funds owe it to client money until it is made good (rule R6).',
  },
  'suspense.v1': {
    event: EVENT, unit: 'CNY', moves: [{ debit: linkedAccount, credit: suspense }],
    sentence: 'Money that no rule knows moved on the account: it waits in suspense until it is cleared.',
  },
} as const satisfies Record<string, PostingRule>;

/** `account` is the internal account of the message's account. An entry of zero moved nothing. */
export function entriesOfRecognised(message: Pick<EntriesRecognisedV1, 'entries'>, { account, ...context }: RuleContext & { account: string }): EntryDraft[] {
  const place = { account };
  return message.entries.flatMap(({ entryId: reference, kind, valueDate, bankReference: description, ...entry }) => {
    const amount = signedMinorOf(entry.amount);
    return amount === 0n ? [] : [entryBy(RECOGNISED_RULES, kindOf(kind, fundOf(account)), { context, place, amount, valueDate, reference, description })];
  });
}

function kindOf(kind: RecognisedKind, fund: Fund | null): KindOf<typeof RECOGNISED_RULES> {
  switch (kind) {
    case 'INTEREST':
      return fund === Fund.OWN ? 'interest-on-own-account' : 'interest-on-client-account';
    case 'CHARGE':
      return fund === Fund.OWN ? 'charge-on-own-account' : 'charge-on-client-account';
    case 'UNKNOWN_CREDIT':
    case 'UNKNOWN_DEBIT':
      return 'suspense';
  }
}
