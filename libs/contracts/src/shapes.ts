import { z } from 'zod';
import { amountText, currencyCode, positiveAmountText, signedAmountText } from '@jinku/money';

/** Most payouts in one message or one batch message about payouts. */
export const PAYOUTS_PER_MESSAGE_MAX = 500;

export const ClearingHouse = { UNIONPAY: 'UNIONPAY', NETSUNION: 'NETSUNION' } as const;
export type ClearingHouse = (typeof ClearingHouse)[keyof typeof ClearingHouse];

export const clearingHouse = z.enum(ClearingHouse);
export const businessDateText = z.iso.date();
export const instantText = z.iso.datetime();
export const amount = amountText;
export const positiveAmount = positiveAmountText;
export const signedAmount = signedAmountText;
export const currency = currencyCode;

/** Counts what accounts has asked the ledger about one account; the answer repeats it. */
export const linkVersion = z.int().min(1);

/** A business line's code: data of the institution, not a closed list. */
export const businessLineCode = z.string().regex(/^[A-Z][A-Z0-9_]{1,31}$/, 'is a business line code: 2 to 32 of A-Z, 0-9 and _, starting with a letter');
/** A collecting channel within a clearing house: data of the institution. */
export const channelCode = z.string().regex(/^[A-Z][A-Z0-9_]{1,31}$/, 'is a channel code: 2 to 32 of A-Z, 0-9 and _, starting with a letter');
export const merchantCode = z.string().regex(/^[A-Za-z0-9_-]{1,32}$/, 'is a merchant id: 1 to 32 letters, digits, - or _');
export const requestIdText = z.string().regex(/^[A-Za-z0-9_.:-]{8,64}$/, 'is a request id: 8 to 64 letters, digits or _ . : -');

/** Whom the money goes to (domain rule R3): the closed list of payee categories that may receive central reserve money. */
export const PayeeCategory = {
  /** An account that the merchant or client designated. */
  CLIENT_DESIGNATED: 'CLIENT_DESIGNATED',
  FILED_OWN_FUND: 'FILED_OWN_FUND',
  RETAINED_CLIENT_FUND: 'RETAINED_CLIENT_FUND',
  OTHER_INSTITUTION_RESERVE: 'OTHER_INSTITUTION_RESERVE',
  APPROVED_OTHERWISE: 'APPROVED_OTHERWISE',
} as const;
export type PayeeCategory = (typeof PayeeCategory)[keyof typeof PayeeCategory];

export const payee = z.strictObject({
  accountNumber: z.string().regex(/^[0-9]{6,32}$/, 'is an account number: 6 to 32 digits'),
  accountName: z.string().trim().min(1, 'is not empty').max(80, 'has at most 80 characters'),
  bankCode: z.string().regex(/^[0-9]{12}$/, 'is a 12-digit bank code'),
});

/** One payout asked for by a client of the treasury. */
export const payoutRequest = z.strictObject({
  requestId: requestIdText,
  merchantId: merchantCode,
  businessLine: businessLineCode,
  amount: positiveAmount,
  currency,
  payee,
  payeeCategory: z.enum(PayeeCategory).default(PayeeCategory.CLIENT_DESIGNATED),
  /** The client's irrevocable instruction (rule R17). */
  instructionReference: z.string().min(1, 'is not empty').max(64, 'has at most 64 characters'),
  purpose: z.string().trim().min(1, 'is not empty').max(60, 'has at most 60 characters'),
  /** After this instant the payout is not sent any more and expires. */
  latestBy: instantText.optional(),
});
export type PayoutRequest = z.output<typeof payoutRequest>;

/** The states of a payout as told to clients. A return is told as an event of its own (`returned`) and is not a state. */
export const PayoutState = {
  /** Accepted and waiting in the queue. */
  QUEUED: 'QUEUED',
  /** Stopped by an operator or a rule; keeps its place. */
  HELD: 'HELD',
  /** An attempt has left, or is about to leave, for the rail. */
  DISPATCHED: 'DISPATCHED',
  /** The rail's answer is not known; it is inquired about, never sent again. */
  UNKNOWN: 'UNKNOWN',
  /** The rail paid. */
  SUCCEEDED: 'SUCCEEDED',
  /** Definitely not paid, and not tried again. */
  FAILED: 'FAILED',
  /** Taken out of the queue before any attempt left. */
  CANCELLED: 'CANCELLED',
  /** Its latest time passed while it waited. */
  EXPIRED: 'EXPIRED',
} as const;
export type PayoutState = (typeof PayoutState)[keyof typeof PayoutState];

/** What an attempt came to, definitely. */
export const AttemptConclusion = { SUCCEEDED: 'SUCCEEDED', FAILED: 'FAILED' } as const;
export type AttemptConclusion = (typeof AttemptConclusion)[keyof typeof AttemptConclusion];
