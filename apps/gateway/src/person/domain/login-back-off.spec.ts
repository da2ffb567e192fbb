import { backOffMs } from './login-back-off.ts';

test('the first failures cost nothing, then the wait doubles up to five minutes', () => {
  expect([1, 4, 5, 6, 7, 13, 14, 1_000].map(backOffMs)).toEqual([0, 0, 1_000, 2_000, 4_000, 256_000, 300_000, 300_000]);
});
