import { PayeeCategory, payoutRequest, type PayoutRequest } from '@jinku/contracts';
import { invalidRequest, violationsOf, type Refusal, type Violation } from '@jinku/errors';
import { parseAmount } from '@jinku/money';
import type { BusinessLine, Merchant, Register } from '../../merchant/domain/merchant.ts';
import { PAYOUT_REFUSALS } from './payout-refusals.ts';

/** A latest time further ahead is a mistake. */
const LATEST_BY_AHEAD_MAX_MS = 366 * 86_400_000;

/**
 * The database's text cannot hold NUL, and no other control character has business in a name or a purpose. Half a surrogate pair, or what a decoder
 * put in the place of bytes it could not read, would reach the bank as another name.
 */
const CONTROL_CHARACTER = /[\p{Cc}\p{Cs}\uFFFD]/u;
const PLAIN_TEXT_RULE = 'has no control characters and is valid Unicode';

/** Checks the shape of one request as it arrived; `root` is where it stands, such as `payouts[3]`. */
export function readRequest(given: unknown, root: string): PayoutRequest | Refusal {
  const parsed = payoutRequest.safeParse(given);
  if (!parsed.success) return invalidRequest(violationsOf(parsed.error, root));
  const request = parsed.data;
  const violations: Violation[] = [];
  const at = (field: string): string => (root === '' ? field : `${root}.${field}`);
  if (CONTROL_CHARACTER.test(request.payee.accountName)) violations.push({ field: at('payee.accountName'), rule: PLAIN_TEXT_RULE });
  if (CONTROL_CHARACTER.test(request.purpose)) violations.push({ field: at('purpose'), rule: PLAIN_TEXT_RULE });
  if (CONTROL_CHARACTER.test(request.instructionReference)) violations.push({ field: at('instructionReference'), rule: PLAIN_TEXT_RULE });
  return violations.length === 0 ? request : invalidRequest(violations);
}

/** What admission found out about a request that may enter. */
export interface Admissible {
  readonly request: PayoutRequest;
  readonly amountMinor: bigint;
  readonly merchant: Merchant;
  readonly businessLine: BusinessLine;
  readonly latestBy: Date | null;
}

/** The rules of the business on a well-formed request. */
export function admit(request: PayoutRequest, register: Register, given: { now: Date; root: string }): Admissible | Refusal {
  const broken = (field: string, rule: string): { violations: Violation[] } => ({
    violations: [{ field: given.root === '' ? field : `${given.root}.${field}`, rule }],
  });
  const merchant = register.merchants.get(request.merchantId);
  if (merchant === undefined) return PAYOUT_REFUSALS.UNKNOWN_MERCHANT(broken('merchantId', 'is a registered merchant'));
  if (merchant.state !== 'ACTIVE') return PAYOUT_REFUSALS.MERCHANT_SUSPENDED(broken('merchantId', 'is an active merchant'));
  const businessLine = register.businessLines.get(request.businessLine);
  if (businessLine === undefined) return PAYOUT_REFUSALS.UNKNOWN_BUSINESS_LINE(broken('businessLine', 'is a registered business line'));
  const largestMinor = register.banks.get(request.payee.bankCode);
  if (largestMinor === undefined) return PAYOUT_REFUSALS.UNKNOWN_BANK(broken('payee.bankCode', 'is the code of a known bank that is open'));
  const amountMinor = parseAmount(request.amount) ?? 0n;
  if (amountMinor > businessLine.perItemLimitMinor) {
    return PAYOUT_REFUSALS.AMOUNT_ABOVE_LIMIT(broken('amount', 'is at most the limit of its business line per payout'));
  }
  if (largestMinor !== null && amountMinor > largestMinor) return PAYOUT_REFUSALS.NO_ROUTE(broken('amount', 'is at most what some clearing house takes to the payee bank'));
  if (request.payeeCategory === PayeeCategory.APPROVED_OTHERWISE) {
    return PAYOUT_REFUSALS.PAYEE_CATEGORY_NOT_ALLOWED(broken('payeeCategory', 'is a category that needs no approval of its own'));
  }
  const latestBy = request.latestBy === undefined ? null : new Date(request.latestBy);
  if (latestBy !== null && latestBy <= given.now) return PAYOUT_REFUSALS.LATEST_BY_PASSED(broken('latestBy', 'is later than now'));
  if (latestBy !== null && latestBy.getTime() > given.now.getTime() + LATEST_BY_AHEAD_MAX_MS) {
    return invalidRequest(broken('latestBy', 'is at most a year ahead').violations);
  }
  return { request, amountMinor, merchant, businessLine, latestBy };
}
