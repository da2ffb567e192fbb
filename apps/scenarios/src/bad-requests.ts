import type { PayoutRequest } from '@jinku/contracts';
import { aRequest } from './a-request.ts';

/** A payout request that breaks one rule, and how it is refused wherever it is asked. */
export interface BadRequest {
  readonly what: string;
  readonly request: Readonly<Record<string, unknown>> & { readonly requestId: string };
  readonly status: 400 | 409 | 422;
  readonly code: string;
  /** The field that the first violation names. */
  readonly field: string;
}

type Broken = Readonly<Record<string, unknown>>;

const YEAR_MS = 366 * 86_400_000;

/** `known` is a request that was admitted before. */
export function badRequests(known: PayoutRequest): BadRequest[] {
  const { payee } = aRequest();
  return [
    shape('an unknown field', { urgent: true }, 'urgent'),
    shape('an unknown field inside the payee', { payee: { ...payee, nickname: 'x' } }, 'payee.nickname'),
    shape('a missing amount', { amount: undefined }, 'amount'),
    shape('an amount that is a number', { amount: 88 }, 'amount'),
    shape('a negative amount', { amount: '-1.00' }, 'amount'),
    shape('an amount of zero', { amount: '0.00' }, 'amount'),
    shape('an amount of three decimals', { amount: '1.234' }, 'amount'),
    shape('an amount without decimals', { amount: '88' }, 'amount'),
    shape('an amount of twenty digits', { amount: '12345678901234567890.00' }, 'amount'),
    shape('an amount with an exponent', { amount: '1e3' }, 'amount'),
    shape('an amount in full-width digits', { amount: '８８.００' }, 'amount'),
    shape('another currency', { currency: 'USD' }, 'currency'),
    shape('a payee that is a text', { payee: '6222020200012345678' }, 'payee'),
    shape('an account number with letters', { payee: { ...payee, accountNumber: 'ACCOUNT' } }, 'payee.accountNumber'),
    shape('a payee without a name', { payee: { ...payee, accountName: ' ' } }, 'payee.accountName'),
    shape('a bank code of eleven digits', { payee: { ...payee, bankCode: '10210009999' } }, 'payee.bankCode'),
    shape('a purpose with a NUL in it', { purpose: 'a\u0000b' }, 'purpose'),
    shape('no instruction behind it', { instructionReference: '' }, 'instructionReference'),
    shape('a payee category that does not exist', { payeeCategory: 'FRIEND' }, 'payeeCategory'),
    shape('a latest time that is no instant', { latestBy: 'tomorrow' }, 'latestBy'),
    shape('a latest time more than a year ahead', { latestBy: new Date(Date.now() + 2 * YEAR_MS).toISOString() }, 'latestBy'),
    rule('an unknown merchant', { merchantId: 'M99999' }, { code: 'UNKNOWN_MERCHANT', field: 'merchantId' }),
    rule('an unknown business line', { businessLine: 'LOTTERY' }, { code: 'UNKNOWN_BUSINESS_LINE', field: 'businessLine' }),
    rule('an unknown bank', { payee: { ...payee, bankCode: '999999999999' } }, { code: 'UNKNOWN_BANK', field: 'payee.bankCode' }),
    rule('an amount above the limit of its line', { amount: '500000.01' }, { code: 'AMOUNT_ABOVE_LIMIT', field: 'amount' }),
    rule('a latest time that has passed', { latestBy: '2020-01-01T00:00:00.000Z' }, { code: 'LATEST_BY_PASSED', field: 'latestBy' }),
    rule('a payee category that needs an approval', { payeeCategory: 'APPROVED_OTHERWISE' }, { code: 'PAYEE_CATEGORY_NOT_ALLOWED', field: 'payeeCategory' }),
    { what: 'a known id with another amount', request: { ...known, amount: '88.01' }, status: 409, code: 'REQUEST_ID_REUSED', field: 'requestId' },
    { what: 'a known id with another payee', request: { ...known, payee: { ...payee, accountNumber: '6222020200099999999' } }, status: 409, code: 'REQUEST_ID_REUSED', field: 'requestId' },
  ];
}

function shape(what: string, broken: Broken, field: string): BadRequest {
  return { what, request: { ...aRequest(), ...broken }, status: 400, code: 'INVALID_REQUEST', field };
}

function rule(what: string, broken: Broken, { code, field }: { code: string; field: string }): BadRequest {
  return { what, request: { ...aRequest(), ...broken }, status: 422, code, field };
}
