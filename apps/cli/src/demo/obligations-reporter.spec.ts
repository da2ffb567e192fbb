import { expect, test } from '@jest/globals';
import { ObligationsReporter } from './obligations-reporter.ts';

const ACCOUNTS = [
  { owner: 'CLIENT', accountNumber: '1', openingBalance: '1000.00' },
  { owner: 'CLIENT', accountNumber: '2', openingBalance: '500.00' },
  { owner: 'OWN', accountNumber: '3', openingBalance: '70.00' },
] as const;

test('clients are owed what they had and paid in, less what was paid out and not sent back, and less the fees that have left', async () => {
  const told: object[] = [];
  const reporter = new ObligationsReporter({
    accounts: ACCOUNTS,
    client: { reportClientObligations: (_, message) => Promise.resolve(void told.push(message)) },
    simulator: {
      call: <T>() =>
        Promise.resolve({
          asOf: '1970-01-01T00:00:00.010Z', collected: '40.00', paidOut: '300.00', returned: '7.00',
          ownPayouts: [{ payeeAccount: '2', amount: '90.00' }, { payeeAccount: '3', amount: '20.00' }],
        } as T),
    },
  });

  expect(await reporter.report('2026-11-23')).toBe('1227.00');
  expect(await reporter.report('2026-11-23', { more: 1n })).toBe('1227.01');
  expect(told).toMatchObject([
    { businessDate: '2026-11-23', sequence: 10, obligationsTotal: '1227.00' },
    { businessDate: '2026-11-23', sequence: 11, obligationsTotal: '1227.01' },
  ]);
});
