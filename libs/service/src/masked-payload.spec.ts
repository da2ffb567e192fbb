import { expect, test } from '@jest/globals';
import { maskedPayload } from './masked-payload.ts';

test('ids, amounts, instants, closed words and small numbers are shown, everything else is masked', () => {
  const body = {
    payoutId: '01993c1e-0000-7000-8000-000000000001',
    amount: '1234.56',
    asOf: '2026-11-21T02:00:00.000Z',
    businessDate: '2026-11-21',
    state: 'SUCCEEDED',
    attempts: [{ attemptNumber: 2, isFinal: true, payee: { name: '王伟', accountNumber: '6222021234567890123', note: null } }],
    cardNumber: 6222021234567890,
    phone: '13800138000',
  };

  expect(maskedPayload(JSON.stringify(body))).toEqual({
    ...body,
    attempts: [{ attemptNumber: 2, isFinal: true, payee: { name: '***', accountNumber: '***', note: null } }],
    cardNumber: '***',
    phone: '***',
  });
});

test('what cannot be read is shown by its length alone', () => {
  expect(maskedPayload('王伟 6222021234567890123')).toBe('*** (22 characters that are not JSON)');
});
