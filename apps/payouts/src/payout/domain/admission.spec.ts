import { expect, test } from '@jest/globals';
import { Refusal } from '@jinku/errors';
import type { Register } from '../../merchant/domain/merchant.ts';
import { aRequest } from '../payout.builder.ts';
import { admit, readRequest } from './admission.ts';

const now = new Date('2026-11-21T02:00:00Z');
const register: Register = {
  merchants: new Map([
    ['M10001', { merchantId: 'M10001', name: '云上商贸', state: 'ACTIVE', priority: 0, duplicateWindowSeconds: null }],
    ['M10002', { merchantId: 'M10002', name: '停业商户', state: 'SUSPENDED', priority: 0, duplicateWindowSeconds: null }],
  ]),
  businessLines: new Map([['SETTLEMENT', { code: 'SETTLEMENT', name: '结算打款', priority: 0, perItemLimitMinor: 5_000_000n, duplicateWindowSeconds: null, primaryHouse: null }]]),
  banks: new Map([['102100099996', null], ['103100000026', 1_000_000n], ['104100000004', 0n]]),
};

function refusalOf(value: unknown): Refusal {
  if (!(value instanceof Refusal)) throw new Error('expected a refusal');
  return value;
}

const { payee } = aRequest();
const shapes: readonly [what: string, given: unknown, field: string][] = [
  ['nothing at all', null, 'payouts[3]'],
  ['an array', [], 'payouts[3]'],
  ['an unknown field', { ...aRequest(), urgent: true }, 'payouts[3].urgent'],
  ['a zero amount', aRequest({ amount: '0.00' }), 'payouts[3].amount'],
  ['a negative amount', aRequest({ amount: '-1.00' }), 'payouts[3].amount'],
  ['three decimals', aRequest({ amount: '1.234' }), 'payouts[3].amount'],
  ['twenty digits', aRequest({ amount: '12345678901234567890.00' }), 'payouts[3].amount'],
  ['a number for an amount', { ...aRequest(), amount: 12.5 }, 'payouts[3].amount'],
  ['another currency', { ...aRequest(), currency: 'USD' }, 'payouts[3].currency'],
  ['a short request id', aRequest({ requestId: 'x' }), 'payouts[3].requestId'],
  ['letters in the account number', aRequest({ payee: { ...payee, accountNumber: '6222abc0200012345' } }), 'payouts[3].payee.accountNumber'],
  ['an 11-digit bank code', aRequest({ payee: { ...payee, bankCode: '10210009999' } }), 'payouts[3].payee.bankCode'],
  ['NUL in the name', aRequest({ payee: { ...payee, accountName: '杭州\u0000云上' } }), 'payouts[3].payee.accountName'],
  ['half a surrogate pair in the name', aRequest({ payee: { ...payee, accountName: '杭州\ud840云上' } }), 'payouts[3].payee.accountName'],
  ['bytes of another encoding in the name', aRequest({ payee: { ...payee, accountName: '\ufffd\ufffd云上' } }), 'payouts[3].payee.accountName'],
  ['a line break in the purpose', aRequest({ purpose: '结算\n款' }), 'payouts[3].purpose'],
  ['no instruction reference', aRequest({ instructionReference: '' }), 'payouts[3].instructionReference'],
  ['a day for a latest time', aRequest({ latestBy: '2026-11-22' }), 'payouts[3].latestBy'],
];

for (const [what, given, field] of shapes) {
  test(`${what} is refused naming ${field}`, () => {
    const refusal = refusalOf(readRequest(given, 'payouts[3]'));

    expect(refusal.code).toBe('INVALID_REQUEST');
    expect(refusal.violations.map((violation) => violation.field)).toContain(field);
  });
}

const rules: readonly [what: string, change: Parameters<typeof aRequest>[0], code: string, field: string][] = [
  ['an unknown merchant', { merchantId: 'M99999' }, 'UNKNOWN_MERCHANT', 'merchantId'],
  ['a suspended merchant', { merchantId: 'M10002' }, 'MERCHANT_SUSPENDED', 'merchantId'],
  ['an unknown business line', { businessLine: 'GIFTS' }, 'UNKNOWN_BUSINESS_LINE', 'businessLine'],
  ['an unknown bank', { payee: { ...payee, bankCode: '999999999999' } }, 'UNKNOWN_BANK', 'payee.bankCode'],
  ['an amount one fen above the limit', { amount: '50000.01' }, 'AMOUNT_ABOVE_LIMIT', 'amount'],
  ['an amount that no house takes to the bank', { amount: '10000.01', payee: { ...payee, bankCode: '103100000026' } }, 'NO_ROUTE', 'amount'],
  ['a bank that no house reaches', { payee: { ...payee, bankCode: '104100000004' } }, 'NO_ROUTE', 'amount'],
  ['a latest time that is now', { latestBy: now.toISOString() }, 'LATEST_BY_PASSED', 'latestBy'],
  ['a latest time in two years', { latestBy: '2028-11-21T00:00:00Z' }, 'INVALID_REQUEST', 'latestBy'],
  ['a payee category that needs an approval', { payeeCategory: 'APPROVED_OTHERWISE' }, 'PAYEE_CATEGORY_NOT_ALLOWED', 'payeeCategory'],
];

for (const [what, change, code, field] of rules) {
  test(`${what} is refused with ${code} naming ${field}`, () => {
    const refusal = refusalOf(admit(aRequest(change), register, { now, root: '' }));

    expect(refusal.code).toBe(code);
    expect(refusal.violations.map((violation) => violation.field)).toEqual([field]);
  });
}

test('an amount at the limit is admitted, to the fen', () => {
  const admitted = admit(aRequest({ amount: '50000.00' }), register, { now, root: '' });

  expect(admitted).toMatchObject({ amountMinor: 5_000_000n, latestBy: null });
});
