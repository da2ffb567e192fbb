import { minorOf, wireAmount } from './amount.ts';
import { parsePayoutRequest, serialNumberIn } from './payout-request.ts';

const GOOD = {
  serialNumber: 'JINKU001202611210000000001',
  amount: '1234.56',
  currency: 'CNY',
  payee: { accountNumber: '6222020200112233445', accountName: '张伟', bankCode: '102100099996' },
  purpose: '提现',
  businessLine: 'WITHDRAWAL',
  merchantId: 'M0001',
  validUntil: 1_795_250_460_000,
};

function violationOf(body: unknown): string | null {
  const parsed = parsePayoutRequest(typeof body === 'string' ? body : JSON.stringify(body));
  return 'violation' in parsed ? parsed.violation : null;
}

test.each([
  ['not JSON', '{', 'body: not a JSON object'],
  ['a list', '[]', 'body: not a JSON object'],
  ['no serial number', { ...GOOD, serialNumber: undefined }, 'serialNumber'],
  ['a negative amount', { ...GOOD, amount: '-1.00' }, 'amount'],
  ['a zero amount', { ...GOOD, amount: '0.00' }, 'amount'],
  ['three decimals', { ...GOOD, amount: '1.000' }, 'amount'],
  ['a number as amount', { ...GOOD, amount: 1 }, 'amount'],
  ['20 digits', { ...GOOD, amount: '12345678901234567890.00' }, 'amount'],
  ['another currency', { ...GOOD, currency: 'USD' }, 'currency'],
  ['no payee', { ...GOOD, payee: null }, 'payee'],
  ['a short bank code', { ...GOOD, payee: { ...GOOD.payee, bankCode: '1021' } }, 'payee.bankCode'],
  ['a NUL in the name', { ...GOOD, payee: { ...GOOD.payee, accountName: 'a\0b' } }, 'payee.accountName'],
  ['a text as validUntil', { ...GOOD, validUntil: '2026' }, 'validUntil'],
  ['an unknown field', { ...GOOD, note: 'x' }, 'unknown field'],
  ['an unknown field of the payee', { ...GOOD, payee: { ...GOOD.payee, note: 'x' } }, 'unknown field'],
])('%s is malformed', (_, body, field) => {
  expect(violationOf(body)).toBe(field);
});

test('a well-formed request is read to the fen', () => {
  expect(parsePayoutRequest(JSON.stringify(GOOD))).toMatchObject({
    request: { amountMinor: 123_456n, payeeName: '张伟', validUntilMs: 1_795_250_460_000 },
  });
});

test('a refusal names the number as far as it can be read', () => {
  expect(serialNumberIn(JSON.stringify(GOOD))).toBe(GOOD.serialNumber);
  expect(serialNumberIn('{"serialNumber":"a b"}')).toBe('');
  expect(serialNumberIn('no JSON')).toBe('');
});

test.each(['0.01', '0.10', '12.34', '9999999999999.99'])('%s survives the way to fen and back', (amount) => {
  expect(wireAmount(minorOf(amount) ?? 0n)).toBe(amount);
});
