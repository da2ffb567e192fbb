import type { LegSettledV1 } from '@jinku/contracts';
import type { EntryDraft } from '../../journal/domain/journal-entry.ts';
import { LEDGER_REFUSALS } from '../../journal/domain/journal-refusals.ts';
import { available, clientFundsPayable, consumed, feeIncome, inTransit, inTransitOfClients, linkedAccount, payoutPayable, type Place } from './accounts-of-place.ts';
import { Fund, fundOf } from './fund.ts';
import { entryBy, minorOf, type KindOf, type PostingRule, type RuleContext } from './posting-rule.ts';

const EVENT = 'transfers.leg-settled.v1';

export const TRANSFER_RULES = {
  'leg-sent.v1': {
    event: EVENT, unit: 'CNY', moves: [{ debit: inTransit, credit: linkedAccount }],
    sentence: "The money left the payer's account and is in transit.",
  },
  'leg-arrived.v1': {
    event: EVENT, unit: 'CNY', moves: [{ debit: linkedAccount, credit: inTransit }],
    sentence: "The money reached the payee's account out of transit.",
  },
  'leg-came-back.v1': {
    event: EVENT, unit: 'CNY', moves: [{ debit: linkedAccount, credit: inTransit }],
    sentence: "The money came back to the payer's account out of transit.",
  },
  'leg-paid-by-house.v1': {
    event: EVENT, unit: 'CNY', moves: [{ debit: linkedAccount, credit: payoutPayable }],
    sentence: 'The clearing house paid client money to a client-fund account: we owe it to the house until it settles.',
  },
  'fee-income-arrived.v1': {
    event: EVENT, unit: 'CNY', moves: [{ debit: clientFundsPayable, credit: inTransitOfClients }, { debit: linkedAccount, credit: feeIncome }],
    sentence: 'Fees left client money and reached the own-fund account: clients are owed less, and own funds have earned it.',
  },
  'fee-income-paid-by-house.v1': {
    event: EVENT, unit: 'CNY', moves: [{ debit: clientFundsPayable, credit: payoutPayable }, { debit: linkedAccount, credit: feeIncome }],
    sentence: 'The clearing house paid fees out of client money to the own-fund account: clients are owed less, and own funds have earned it.',
  },
  'transfer-quota-consumed.v1': {
    event: EVENT, unit: 'CNY.QUOTA', moves: [{ debit: consumed, credit: available }],
    sentence: 'What the clearing house paid for a transfer is used up of its quota.',
  },
} as const satisfies Record<string, PostingRule>;

/** `account` is the internal account of the message's account. */
export function entriesOfLeg(message: LegSettledV1, { account, ...context }: RuleContext & { account: string }): EntryDraft[] {
  const { clearingHouse: house, valueDate, orderId: reference } = message;
  const place: Place = { account, ...(house === undefined ? {} : { house }) };
  const fields = { context, place, amount: minorOf(message.amount), valueDate, reference, description: `leg ${message.legNumber} ${message.effect} ${message.serialNumber}` };
  const entry = entryBy(TRANSFER_RULES, kindOf(message, fundOf(account)), fields);
  return message.effect === 'PAID_BY_HOUSE' ? [entry, entryBy(TRANSFER_RULES, 'transfer-quota-consumed', fields)] : [entry];
}

/** Money changes its owner under one purpose only (rule R4), and that purpose moves nothing else: anything else would mix the funds without saying so. */
function kindOf({ effect, purpose }: LegSettledV1, fund: Fund | null): KindOf<typeof TRANSFER_RULES> {
  const isFeeIncome = purpose === 'FEE_INCOME_TRANSFER';
  switch (effect) {
    case 'SENT':
      return isFeeIncome && fund !== Fund.CLIENT ? refused() : 'leg-sent';
    case 'CAME_BACK':
      return isFeeIncome && fund !== Fund.CLIENT ? refused() : 'leg-came-back';
    case 'ARRIVED':
      if (!isFeeIncome) return 'leg-arrived';
      return fund === Fund.OWN ? 'fee-income-arrived' : refused();
    case 'PAID_BY_HOUSE':
      if (isFeeIncome !== (fund === Fund.OWN)) return refused();
      return isFeeIncome ? 'fee-income-paid-by-house' : 'leg-paid-by-house';
  }
}

function refused(): never {
  throw LEDGER_REFUSALS.PURPOSE_DOES_NOT_FIT_FUNDS();
}
