import { maskAccountNumber, maskName } from '@jinku/security';

import type { PayoutInstruction } from './payout-rail.ts';

/** How much of a body nobody can read is kept: enough to tell an HTML page from a truncated answer. */
const UNREADABLE_SHOWN = 60;

/** How a payee reads in the log. */
export function maskedPayee({ accountNumber, accountName, bankCode }: PayoutInstruction['payee']): PayoutInstruction['payee'] {
  return { accountNumber: maskAccountNumber(accountNumber), accountName: maskName(accountName), bankCode };
}

/** A purpose is free text, and sometimes says the payee's name or number again. */
export function maskedPurpose({ purpose, payee }: Pick<PayoutInstruction, 'purpose' | 'payee'>): string {
  return purpose.includes(payee.accountName) || purpose.includes(payee.accountNumber) ? maskName(purpose) : purpose;
}

/** A body that is no answer may hold anything: its length and its first characters, digits and everything beyond ASCII hidden. */
export function maskedUnreadable(body: Buffer): string {
  const start = body.subarray(0, UNREADABLE_SHOWN).toString('latin1');
  return JSON.stringify({ bytes: body.length, startsWith: start.replace(/[0-9]/g, '#').replace(/[^ -~]/g, '?') });
}
