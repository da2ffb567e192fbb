import { expect, test } from '@jest/globals';
import { BATCHES_BUSY, PAGES_QUIET, pagesNow } from './verification-pace.ts';

test('verification takes one page while the journal grows fast, and many when it does not or nothing is known', () => {
  expect([pagesNow(null), pagesNow(0n), pagesNow(BATCHES_BUSY), pagesNow(BATCHES_BUSY + 1n)]).toEqual([PAGES_QUIET, PAGES_QUIET, PAGES_QUIET, 1]);
});
