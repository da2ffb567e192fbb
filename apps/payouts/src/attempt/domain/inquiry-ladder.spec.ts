import { expect, test } from '@jest/globals';
import { inquiryDelayMs, judgeNotFound, judgeOpen, retryDelayMs } from './inquiry-ladder.ts';

const policy = { quietMs: 5_000, answers: 3, spacingMs: 1_000 };
const sentAt = Date.parse('2026-11-21T02:00:00Z');
const validUntil = new Date(sentAt + 60_000);
const attempt = (inquiryCount: number, notFoundCount = 0) => ({ validUntil, inquiryCount, notFoundCount });

test('the ladder grows and ends at ten minutes', () => {
  expect([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 100].map((count) => inquiryDelayMs(count) / 1_000)).toEqual([1, 2, 5, 10, 30, 60, 120, 300, 600, 600, 600]);
});

test('retries wait longer each time and at most five minutes', () => {
  expect([1, 2, 3, 50].map(retryDelayMs)).toEqual([2_000, 4_000, 8_000, 300_000]);
});

test('NOT_FOUND counts nothing before validity and quiet time have passed, however often', () => {
  const verdict = judgeNotFound(attempt(8, 2), policy, validUntil.getTime() + 4_999);

  expect(verdict).toEqual({ isConcluded: false, notFoundCount: 0, inquireAt: new Date(validUntil.getTime() + 5_000) });
});

test('after it, the third answer in a row concludes and the first two are spaced', () => {
  const late = validUntil.getTime() + 5_000;

  expect(judgeNotFound(attempt(5, 0), policy, late)).toEqual({ isConcluded: false, notFoundCount: 1, inquireAt: new Date(late + 1_000) });
  expect(judgeNotFound(attempt(6, 1), policy, late)).toMatchObject({ isConcluded: false, notFoundCount: 2 });
  expect(judgeNotFound(attempt(7, 2), policy, late)).toEqual({ isConcluded: true });
});

test('a house that knows the number after all starts the count anew; a lost answer does not', () => {
  expect(judgeOpen(attempt(6, 2), true, sentAt).notFoundCount).toBe(0);
  expect(judgeOpen(attempt(6, 2), false, sentAt).notFoundCount).toBe(2);
});
