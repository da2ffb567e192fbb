import type { Code } from '../netsunion/codes.ts';
import type { BankAccount } from './bank-entries.ts';
import type { TransferFault } from './bank-fault-plan.ts';
import { BANKS, type Bank } from './bank.ts';
import type { TransferRequest } from './transfer-request.ts';

/** Where a transfer's money goes, by the payee's bank code and account number. */
export type Destination =
  | { readonly kind: 'RESERVE' }
  | { readonly kind: 'ACCOUNT'; readonly accountNumber: string; readonly isHere: boolean }
  /** A bank that nobody plays: the money leaves these books for good. */
  | { readonly kind: 'OUTSIDE' }
  /** A bank that is played, and no such account there. */
  | { readonly kind: 'NOWHERE' };

export interface TransferCircumstances {
  readonly bank: Bank;
  readonly fault: TransferFault | null;
  readonly wallNow: number;
  readonly isHvpsOpen: boolean;
  readonly payer: BankAccount | undefined;
  readonly payee: BankAccount | undefined;
  readonly reserve: { readonly accountNumber: string; readonly bankCode: string };
}

export interface TransferVerdict {
  readonly status: 'SUCCEEDED' | 'FAILED' | 'REFUSED';
  readonly code: Code;
  readonly destination: Destination;
}

/** Decides one transfer whose number is new. Pure; the first reason against it counts. */
export function decideTransfer(request: TransferRequest, circumstances: TransferCircumstances): TransferVerdict {
  const { bank, fault, wallNow, payer } = circumstances;
  const destination = destinationOf(request, circumstances);
  const refused = (code: Code): TransferVerdict => ({ status: 'REFUSED', code, destination });
  if (request.validUntilMs <= wallNow) return refused('0302');
  if (fault?.kind === 'RISK_REFUSAL') return refused('0401');
  if (payer?.bank !== bank || request.payeeAccount === request.fromAccount) return refused('0401');
  if (destination.kind === 'RESERVE' && !circumstances.isHvpsOpen) return refused('0302');
  if (request.amountMinor > payer.balanceMinor + payer.overdraftMinor) return refused('0301');
  if (fault?.kind === 'BUSINESS_FAILURE') return { status: 'FAILED', code: fault.code, destination };
  if (destination.kind === 'NOWHERE') return { status: 'FAILED', code: '0101', destination };
  return { status: 'SUCCEEDED', code: '0000', destination };
}

function destinationOf(
  { payeeAccount, payeeBankCode }: TransferRequest,
  { bank, payee, reserve }: TransferCircumstances,
): Destination {
  if (payeeBankCode === reserve.bankCode) return payeeAccount === reserve.accountNumber ? { kind: 'RESERVE' } : { kind: 'NOWHERE' };
  if (!Object.values(BANKS).some(({ code }) => code === payeeBankCode)) return { kind: 'OUTSIDE' };
  if (payee === undefined || BANKS[payee.bank].code !== payeeBankCode) return { kind: 'NOWHERE' };
  return { kind: 'ACCOUNT', accountNumber: payeeAccount, isHere: payee.bank === bank };
}
