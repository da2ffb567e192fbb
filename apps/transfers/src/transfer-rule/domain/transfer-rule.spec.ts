import { expect, test } from '@jest/globals';
import { aRuleContent } from '../transfer-rule.builder.ts';
import { isInForce, transferRuleContent } from './transfer-rule.ts';

const fieldsOf = (given: object): string[] => transferRuleContent.safeParse({ ...aRuleContent(), ...given }).error?.issues.map(({ path }) => path.join('.')) ?? [];

test.each<[string, object, string[]]>([
  ['a ceiling below what is retained', { retainAmount: '1000.00' }, ['trigger.payerCeiling']],
  ['a ceiling that does not leave room for the minimum', { minimum: '801.00' }, ['trigger.payerCeiling']],
  ['a ceiling that does not leave room for the fixed amount', { amount: { mode: 'FIXED', fixed: '800.01' } }, ['trigger.payerCeiling']],
  ['a maximum below the minimum', { minimum: '2.00', maximum: '1.00' }, ['maximum']],
  ['a daily cap below the minimum', { minimum: '2.00', dailyCap: '1.00' }, ['dailyCap']],
  ['a rounding unit above the maximum', { roundingUnit: '100.00', maximum: '50.00' }, ['roundingUnit']],
  ['a rounding unit above the daily cap', { roundingUnit: '100.00', dailyCap: '50.00' }, ['roundingUnit']],
  ['a maximum of a fixed amount', { amount: { mode: 'FIXED', fixed: '5.00' }, maximum: '7.00' }, ['maximum']],
  ['dates in reverse', { effectiveUntil: '2026-10-01' }, ['effectiveUntil']],
  ['a transfer to oneself', { payeeAccountId: aRuleContent().payerAccountId }, ['payeeAccountId']],
  ['one time twice', { trigger: { kind: 'SCHEDULE', schedule: { every: 'DAY', times: ['09:30', '09:30'], onNonWorkingDay: 'KEEP' } } }, ['trigger.schedule.times']],
  ['what is no amount', { retainAmount: '1' }, ['retainAmount']],
  ['an unknown field', { percentage: 5 }, ['']],
])('%s is refused by field', (_, given, fields) => {
  expect(fieldsOf(given)).toEqual(fields);
});

test('a rule is in force on its days, while it is on', () => {
  const dates = aRuleContent({ effectiveFrom: '2026-11-02', effectiveUntil: '2026-11-03' });

  expect(['2026-11-01', '2026-11-02', '2026-11-03', '2026-11-04'].map((date) => isInForce(dates, date))).toEqual([false, true, true, false]);
  expect(isInForce(aRuleContent({ isOn: false }), '2026-11-02')).toBe(false);
});
