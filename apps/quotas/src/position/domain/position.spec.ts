import { expect, test } from '@jest/globals';
import { judgeObservation } from './position.ts';

const known = { accountId: 'a', balance: 100n, asOf: new Date('2026-11-21T02:00:00Z'), toldAt: new Date('2026-11-21T02:00:01Z') };
const now = new Date('2026-11-21T02:00:05Z');

test('a change is told, a standing balance once a minute, and what is older than what is known changes nothing', () => {
  const later = new Date('2026-11-21T02:00:04Z');

  expect(judgeObservation(null, { balance: 1n, asOf: later }, now)).toEqual({ isNews: true, isChanged: true, isTold: true });
  expect(judgeObservation(known, { balance: 101n, asOf: later }, now)).toEqual({ isNews: true, isChanged: true, isTold: true });
  expect(judgeObservation(known, { balance: 100n, asOf: later }, now)).toEqual({ isNews: true, isChanged: false, isTold: false });
  expect(judgeObservation(known, { balance: 100n, asOf: later }, new Date('2026-11-21T02:01:01Z'))).toEqual({ isNews: true, isChanged: false, isTold: true });
  expect(judgeObservation(known, { balance: 999n, asOf: new Date('2026-11-21T01:59:59Z') }, now)).toEqual({ isNews: false, isChanged: false, isTold: false });
});
