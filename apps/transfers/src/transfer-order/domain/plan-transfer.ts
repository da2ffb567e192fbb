import { AccountClass, PayeeCategory, TransferPurpose } from '@jinku/contracts';
import type { Refusal } from '@jinku/errors';
import { formatAmount } from '@jinku/money';
import type { KnownAccount } from '../../account/domain/known-account.ts';
import { ALLOWED_TRANSFERS, TransferMeans, type Purpose } from './allowed-transfers.ts';
import { TRANSFER_REFUSALS } from './transfer-refusals.ts';

export interface TransferWish {
  readonly payer: KnownAccount;
  readonly payee: KnownAccount;
  readonly purpose: Purpose;
  /** Null: whatever the matrix names first and this version has. */
  readonly means: TransferMeans | null;
}

export interface TransferPlan {
  readonly means: typeof TransferMeans.BANK_TRANSFER | typeof TransferMeans.NETSUNION_PAYOUT;
  readonly purpose: TransferPurpose;
  /** What it takes its amount from: the payer's position, or quota granted at the house. */
  readonly draws: 'POSITION' | 'QUOTA';
  /** Rule R3, stored on the order: whom money of the central reserve goes to. Null when it leaves another account. */
  readonly payeeCategory: PayeeCategory | null;
}

/** Rules R3, R4 (where to) and R5: how the money goes, or why it does not. `at` is where the wish stands in what was asked, such as `content.` in a rule. */
export function planTransfer({ payer, payee, purpose, means }: TransferWish, at: '' | 'content.' = ''): TransferPlan {
  demandUsable(payer, `${at}payerAccountId`);
  demandUsable(payee, `${at}payeeAccountId`);
  const ofPair = ALLOWED_TRANSFERS.filter((one) => one.payer === payer.accountClass && one.payee === payee.accountClass);
  const forPurpose = ofPair.filter(({ purposes }) => purposes.includes(purpose));
  const allowed = forPurpose.filter((one) => means === null || one.means === means);
  const detail = wish({ payer, payee, purpose, means });
  const refused = (field: string, rule: string): Refusal => TRANSFER_REFUSALS.TRANSFER_NOT_ALLOWED({ detail, violations: [{ field: `${at}${field}`, rule }] });
  if (payer.id === payee.id) throw refused('payeeAccountId', 'is another account than payerAccountId');
  if (ofPair.length === 0) throw refused('payeeAccountId', `is of a class that ${payer.accountClass} may pay to, not ${payee.accountClass}`);
  if (forPurpose.length === 0) throw refused('purpose', `is one of ${namesOf(ofPair.flatMap(({ purposes }) => purposes))} for these two accounts`);
  if (allowed.length === 0) throw refused('means', `is one of ${namesOf(forPurpose.map((one) => one.means))} for these accounts and this purpose`);
  const planned = allowed.find(({ isBuilt }) => isBuilt)?.means;
  const booked = Object.values(TransferPurpose).find((one) => one === purpose);
  if (planned === undefined || booked === undefined || !isBuiltMeans(planned)) {
    const rule = 'is a means that this version has';
    throw TRANSFER_REFUSALS.MEANS_NOT_BUILT({ detail: `${detail}: allowed by ${allowed.map((one) => one.means).join(', ')}.`, violations: [{ field: `${at}means`, rule }] });
  }
  demandPayee({ payer, payee, purpose }, `${at}payeeAccountId`);
  const payeeCategory = payer.accountClass === AccountClass.CENTRAL_RESERVE ? categoryOf(payee) : null;
  return { means: planned, purpose: booked, draws: planned === TransferMeans.BANK_TRANSFER ? 'POSITION' : 'QUOTA', payeeCategory };
}

/** Rule R4: fees leave client money up to what is on record, less what was ordered already. */
export function checkFeeIncome({ amountMinor, accruedMinor, orderedMinor }: { amountMinor: bigint; accruedMinor: bigint; orderedMinor: bigint }): void {
  const left = accruedMinor > orderedMinor ? accruedMinor - orderedMinor : 0n;
  if (amountMinor <= left) return;
  throw TRANSFER_REFUSALS.FEE_INCOME_ABOVE_ACCRUED({ violations: [{ field: 'amount', rule: `is at most what is left of the accrued fee income, ${formatAmount(left)}` }] });
}

function demandUsable(account: KnownAccount, field: string): void {
  if (!account.isUsable) throw TRANSFER_REFUSALS.ACCOUNT_NOT_USABLE({ violations: [{ field, rule: `names a usable account; this one is ${account.state}` }] });
}

function demandPayee({ payer, payee, purpose }: Omit<TransferWish, 'means'>, field: string): void {
  const violations = [{ field, rule: 'names the filed own-fund account or a retained account' }];
  if (purpose === 'FEE_INCOME_TRANSFER' && !payee.isFiled) throw TRANSFER_REFUSALS.FEE_INCOME_NOT_TO_FILED({ violations });
  if (payer.accountClass === AccountClass.CENTRAL_RESERVE && categoryOf(payee) === null) throw TRANSFER_REFUSALS.PAYEE_NOT_ALLOWED({ violations });
}

function categoryOf(payee: KnownAccount): PayeeCategory | null {
  if (payee.isFiled) return PayeeCategory.FILED_OWN_FUND;
  return payee.accountClass === AccountClass.CLIENT_FUND && payee.subtype !== null ? PayeeCategory.RETAINED_CLIENT_FUND : null;
}

function isBuiltMeans(means: TransferMeans): means is TransferPlan['means'] {
  return means === TransferMeans.BANK_TRANSFER || means === TransferMeans.NETSUNION_PAYOUT;
}

function namesOf<T extends string>(names: readonly T[]): string {
  return [...new Set(names)].join(', ');
}

function wish({ payer, payee, purpose, means }: TransferWish): string {
  return `${payer.accountClass} to ${payee.accountClass} for ${purpose}${means === null ? '' : ` by ${means}`}`;
}
