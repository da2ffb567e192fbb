import { expect, test } from '@jest/globals';
import { TroubleWindow, verdictOf, type RouteVerdict } from './trouble-window.ts';

const policy = { windowMs: 30_000, unknownMin: 5, unknownPercent: 20, technicalMin: 20, technicalPercent: 50 };
const [ALPHA, BETA, GAMMA] = ['102100099996', '103100000026', '104100000004'];

/** The routes that tripped at the last of these answers. */
function keysAfter(window: TroubleWindow, bankCode: string, verdicts: readonly RouteVerdict[], at = 0): string[] {
  return verdicts.map((verdict) => window.note({ house: 'UNIONPAY', bankCode }, verdict, at)).at(-1)?.map(({ key }) => key) ?? [];
}
const times = (count: number, verdict: RouteVerdict): RouteVerdict[] => Array.from({ length: count }, () => verdict);

test('our own refusals, a closed house, short quota and a known number say nothing; a business refusal says the route works', () => {
  const verdict = (outcome: Parameters<typeof verdictOf>[0]['outcome'], detail = 'ANSWERED') => verdictOf({ outcome, detail });

  expect([verdict('UNKNOWN', 'NOT_SIGNED'), verdict('REJECTED_WINDOW'), verdict('REJECTED_FUNDS'), verdict('REJECTED_DUPLICATE'), verdict('REJECTED_FORMAT')]).toEqual([null, null, null, null, null]);
  expect([verdict('FAILED'), verdict('REJECTED_RISK'), verdict('ACCEPTED')]).toEqual(['GOOD', 'GOOD', 'GOOD']);
  expect([verdict('UNKNOWN', 'TIMEOUT'), verdict('UNKNOWN', 'NOT_CONNECTED')]).toEqual(['UNKNOWN', 'TECHNICAL']);
});

test('a few unknown outcomes of one bank trip its route and not its house', () => {
  const window = new TroubleWindow(policy);
  keysAfter(window, BETA, times(3, 'GOOD'));

  expect(keysAfter(window, ALPHA, times(4, 'UNKNOWN'))).toEqual([]);
  expect(keysAfter(window, ALPHA, ['UNKNOWN'])).toEqual([`UNIONPAY/${ALPHA}`]);
});

test('unknown outcomes of several banks trip the house', () => {
  const window = new TroubleWindow(policy);
  keysAfter(window, ALPHA, times(4, 'UNKNOWN'));
  keysAfter(window, BETA, times(4, 'UNKNOWN'));

  expect(keysAfter(window, GAMMA, ['UNKNOWN'])).toEqual(['UNIONPAY']);
});

test('a small part of many answers trips nothing', () => {
  const window = new TroubleWindow(policy);
  keysAfter(window, ALPHA, times(1_000, 'GOOD'));

  expect(keysAfter(window, ALPHA, times(100, 'UNKNOWN'))).toEqual([]);
});

test('a house that is not reached at all takes more of it, and no bank is blamed', () => {
  const window = new TroubleWindow(policy);

  expect(keysAfter(window, ALPHA, times(19, 'TECHNICAL'))).toEqual([]);
  expect(keysAfter(window, BETA, ['TECHNICAL'])).toEqual(['UNIONPAY']);
});

test('what is older than the window counts no more, nor what was forgotten', () => {
  const window = new TroubleWindow(policy);
  keysAfter(window, ALPHA, times(4, 'UNKNOWN'));
  expect(keysAfter(window, ALPHA, ['UNKNOWN'], 30_000)).toEqual([]);

  keysAfter(window, ALPHA, times(3, 'UNKNOWN'), 30_000);
  window.forget('UNIONPAY', ALPHA);
  expect(keysAfter(window, ALPHA, ['UNKNOWN'], 30_000)).toEqual([]);
});
