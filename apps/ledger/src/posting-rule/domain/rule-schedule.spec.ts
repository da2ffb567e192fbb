import { faultsOf, versionInForce, type ScheduledRule } from './rule-schedule.ts';

const SCHEDULE: readonly ScheduledRule[] = [
  { kind: 'payout-failed', version: 1, validFrom: '2026-01-01', validTo: '2026-12-01' },
  { kind: 'payout-failed', version: 2, validFrom: '2026-12-01', validTo: null },
];
const on = (day: string): number => versionInForce(SCHEDULE, { kind: 'payout-failed', on: day });

test('a version holds from its first day to the day before the next one', () => {
  expect(['2026-01-01', '2026-11-30', '2026-12-01', '2030-01-01'].map(on)).toEqual([1, 1, 2, 2]);
});

test('a day or a kind without a version stops the posting instead of leaving it out', () => {
  expect(() => on('2025-12-31')).toThrow('payout-failed is in force on 2025-12-31');
  expect(() => versionInForce(SCHEDULE, { kind: 'other', on: '2026-06-01' })).toThrow('other');
});

test('a scheduled version without a function, and a rule that ends without a successor, are faults', () => {
  expect(faultsOf(SCHEDULE, ['payout-failed.v1', 'payout-failed.v2'])).toEqual([]);
  expect(faultsOf(SCHEDULE, ['payout-failed.v1'])).toEqual(['payout-failed.v2 is scheduled and not in the code']);
  expect(faultsOf(SCHEDULE.slice(0, 1), ['payout-failed.v1'])).toEqual(['payout-failed has no version without an end']);
});
