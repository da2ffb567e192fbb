import type { PayoutState } from '@jinku/contracts';

/** One payout as it is admitted to the queue. */
export interface NewPayout {
  readonly payoutId: string;
  readonly clientId: string;
  readonly requestId: string;
  readonly shard: number;
  readonly merchantId: string;
  readonly businessLine: string;
  readonly amountMinor: bigint;
  /** Account number and name, encrypted and bound to the payout's id. */
  readonly payeeCipher: string;
  /** Keyed hash of the account number, by which a payee's payouts are found. */
  readonly payeeHash: string;
  readonly payeeMasked: string;
  readonly bankCode: string;
  readonly payeeCategory: string;
  readonly purpose: string;
  readonly instructionReference: string;
  readonly latestBy: Date | null;
  readonly dispatchOrder: bigint;
}

/** What a move of payouts gives back: all that the messages about it say. */
export interface MovedPayout {
  readonly payoutId: string;
  readonly clientId: string;
  readonly requestId: string;
  readonly shard: number;
  readonly merchantId: string;
  readonly businessLine: string;
  readonly amountMinor: bigint;
  readonly state: PayoutState;
  readonly toldSequence: number;
  readonly reasonCode: string | null;
  readonly railReference: string | null;
}

export interface PayeeAccount {
  readonly accountNumber: string;
  readonly accountName: string;
}

const SEPARATOR = '\n';

/** The text that is encrypted. The number has digits only, so the first line break ends it. */
export function payeeText(payee: PayeeAccount): string {
  return `${payee.accountNumber}${SEPARATOR}${payee.accountName}`;
}

export function payeeFromText(text: string): PayeeAccount {
  const end = text.indexOf(SEPARATOR);
  return { accountNumber: text.slice(0, end), accountName: text.slice(end + 1) };
}
