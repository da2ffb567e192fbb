import type { ClearingHouse } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { fundOf } from './fund.ts';

/** Where an event happened: at a clearing house, on an account of the register, or at both. */
export interface Place {
  readonly house?: ClearingHouse;
  /** The internal account's code. */
  readonly account?: string;
}

/** The accounts of one clearing house. */
const HOUSE: Readonly<Record<ClearingHouse, { clearing: string; quota: string }>> = {
  NETSUNION: { clearing: '1201', quota: '9001' },
  UNIONPAY: { clearing: '1202', quota: '9002' },
};

export const clientFundsPayable = (): string => '2001';
export const payoutsPayable = (): string => '2002';
export const feeIncome = (): string => '4001';
export const interestIncome = (): string => '4002';
export const charges = (): string => '5001';
/** What own funds owe to client money, and client money to own funds: one account in the books of each. */
export const chargesToBeMadeGood = (): string => '1301';
export const owedToClientMoney = (): string => '2301';
export const interestInClientMoney = (): string => '1302';
export const interestDueToOwnFunds = (): string => '2201';

export const payoutPayable = (place: Place): string => `${clearingOf(place)}.PAYOUT.PAYABLE`;
export const payoutReceivable = (place: Place): string => `${clearingOf(place)}.PAYOUT.RECEIVABLE`;
export const collectionReceivable = (place: Place): string => `${clearingOf(place)}.COLLECTION.RECEIVABLE`;
export const clearedNet = (place: Place): string => `${clearingOf(place)}.CLEARED_NET`;
export const available = (place: Place): string => `${quotaOf(place)}.AVAILABLE`;
export const reserved = (place: Place): string => `${quotaOf(place)}.RESERVED`;
export const consumed = (place: Place): string => `${quotaOf(place)}.CONSUMED`;
export const mapped = (place: Place): string => `${quotaOf(place)}.MAPPED`;

/** The internal account that is linked to the account of the event. */
export const linkedAccount = ({ account }: Place): string => {
  invariant(account !== undefined, 'the event names its account');
  return account;
};
export const inTransit = (place: Place): string => `1101.${fundOf(linkedAccount(place))}`;
export const inTransitOfClients = (): string => '1101.CLIENT';
export const suspense = (place: Place): string => `2101.${fundOf(linkedAccount(place))}`;

function clearingOf({ house }: Place): string {
  invariant(house !== undefined, 'the event names its clearing house');
  return HOUSE[house].clearing;
}

function quotaOf({ house }: Place): string {
  invariant(house !== undefined, 'the event names its clearing house');
  return HOUSE[house].quota;
}
