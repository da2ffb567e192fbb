import { expect, test } from '@jest/globals';
import { OutcomeClass } from '@jinku/connectors';
import { adjustmentStates, AdjustmentState, decideOn, type QuotaAdjustment } from './quota-adjustment.ts';

const VALID_UNTIL = 1_795_250_460_000;

const anAdjustment = (given: Partial<QuotaAdjustment> = {}): QuotaAdjustment => ({
  id: '01993c1e-0000-7000-8000-0000000000b1',
  clearingHouse: 'NETSUNION',
  direction: 'INCREASE',
  amount: 50_000n,
  state: AdjustmentState.INSTRUCTED,
  serialNumber: 'JINKU001202611211000000001',
  validUntil: new Date(VALID_UNTIL),
  notFoundAnswers: 0,
  ...given,
});

function eventOf(outcome: OutcomeClass, given: Partial<QuotaAdjustment> = {}, wallNow = VALID_UNTIL + 1): string {
  return decideOn(anAdjustment(given), { source: 'INQUIRY', outcome, amountMinor: null }, wallNow).event;
}

test('only definite answers end an adjustment; every other one leaves it to be inquired about', () => {
  const events = Object.values(OutcomeClass).map((outcome) => [outcome, eventOf(outcome)]);

  expect(Object.fromEntries(events)).toEqual({
    ACCEPTED: 'accept',
    SUCCEEDED: 'succeed',
    FAILED: 'fail',
    UNKNOWN: 'lose',
    REJECTED_WINDOW: 'fail',
    REJECTED_FUNDS: 'fail',
    REJECTED_RISK: 'fail',
    REJECTED_DUPLICATE: 'lose',
    REJECTED_FORMAT: 'fail',
    REJECTED_SIGNATURE: 'fail',
    NOT_FOUND: 'lose',
    RETURNED: 'lose',
  });
});

test('a word about another amount decides nothing, however definite', () => {
  const told = { source: 'NOTICE', outcome: 'SUCCEEDED', amountMinor: 50_100n } as const;

  expect(decideOn(anAdjustment(), told, VALID_UNTIL).event).toBe('lose');
});

test('not found counts only after the validity has passed, three times in a row, and never against an acceptance', () => {
  expect(eventOf('NOT_FOUND', { notFoundAnswers: 2, state: 'UNKNOWN' })).toBe('fail');
  expect(eventOf('NOT_FOUND', { notFoundAnswers: 2, state: 'UNKNOWN' }, VALID_UNTIL)).toBe('lose');
  expect(eventOf('NOT_FOUND', { notFoundAnswers: 1, state: 'UNKNOWN' })).toBe('lose');
  expect(eventOf('NOT_FOUND', { notFoundAnswers: 9, state: 'ACCEPTED' })).toBe('lose');
});

test('no state leads back to one in which the adjustment could be sent again', () => {
  const backTo = Object.values(AdjustmentState).flatMap((state) => Object.values(adjustmentStates.table[state])).filter((state) => state === 'PLANNED');

  expect(backTo).toEqual([]);
  expect(adjustmentStates.statesTaking('instruct')).toEqual(['PLANNED']);
});
