import { expect, test } from '@jest/globals';
import { businessDate, CHINA_HOLIDAYS, holidayTable } from '@jinku/calendar';
import { aRuleContent } from '../transfer-rule.builder.ts';
import { dryRun, type PastObservation } from './dry-run.ts';
import type { TransferRuleContent } from './transfer-rule.ts';

const HOLIDAYS = holidayTable(CHINA_HOLIDAYS);
const at = (time: string): Date => new Date(`2026-11-${time}:00+08:00`);
const observed = (time: string, balanceMinor: bigint): PastObservation => ({ asOf: at(time), balanceMinor });
const run = (given: Partial<TransferRuleContent>, observations: readonly PastObservation[]): unknown[] =>
  dryRun({
    content: aRuleContent(given),
    observations,
    from: businessDate('2026-11-17'),
    until: at('19T00:00'),
    limits: { positionAgeMaxMs: 900_000, ruleCoolDownMs: 0 },
    holidays: HOLIDAYS,
  }).map(({ at: when, judgement }) => [when.toISOString().slice(8, 16), judgement.isOrdered ? judgement.amountMinor : judgement.because]);

test('a threshold is judged on each observation, less what the dry run has ordered before', () => {
  const day = [observed('17T10:00', 90_000n), observed('17T11:00', 100_000n), observed('17T12:00', 170_000n), observed('17T13:00', 180_000n)];

  expect(run({}, day)).toEqual([['17T03:00', 80_000n], ['17T05:00', 80_000n]]);
});

test('the daily cap begins anew on the next business date', () => {
  const days = [observed('17T10:00', 100_000n), observed('17T11:00', 160_000n), observed('17T12:00', 170_000n), observed('18T00:00', 190_000n)];

  expect(run({ dailyCap: '800.00' }, days)).toEqual([['17T02:00', 80_000n], ['17T16:00', 80_000n]]);
});

test('a schedule looks at the last observation before its time, and not at one that was too old', () => {
  const trigger: TransferRuleContent['trigger'] = { kind: 'SCHEDULE', schedule: { every: 'DAY', times: ['10:10', '12:00'], onNonWorkingDay: 'KEEP' } };

  expect(run({ trigger }, [observed('17T10:00', 50_000n), observed('17T10:20', 90_000n), observed('18T11:50', 60_000n)])).toEqual([
    ['17T02:10', 30_000n],
    ['17T04:00', 'POSITION_TOO_OLD'],
    ['18T04:00', 10_000n],
  ]);
});

test('a rule that never triggers tells nothing', () => {
  expect(run({}, [observed('17T10:00', 99_999n)])).toEqual([]);
  expect(run({ isOn: false }, [observed('17T10:00', 500_000n)])).toEqual([]);
});
