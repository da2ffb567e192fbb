import { requestPayoutsV1, type PayoutRequest } from '@jinku/contracts';
import { Fates } from './fates.ts';

const [example] = requestPayoutsV1.example.requests;
const fatesOf = (...ids: string[]) => new Fates(ids.map((requestId) => ({ ...example, requestId }) as PayoutRequest));

test('a result told again, an older one, and one after the end change nothing', () => {
  const fates = fatesOf('request-1');
  fates.take({ requestId: 'request-1', state: 'UNKNOWN', sequence: 3 });
  fates.take({ requestId: 'request-1', state: 'QUEUED', sequence: 1 });
  expect(fates.count('UNKNOWN')).toBe(1);
  fates.take({ requestId: 'request-1', state: 'SUCCEEDED', sequence: 4 });
  fates.take({ requestId: 'request-1', state: 'SUCCEEDED', sequence: 4 });
  fates.take({ requestId: 'request-1', state: 'FAILED', sequence: 5 });
  expect(fates.finalCount).toBe(1);
  expect(fates.count('SUCCEEDED')).toBe(1);
  expect(fates.unknowns).toEqual({ seen: 1, cleared: 1 });
});

test('a held payout, and one that nothing was told of, are unfinished; results of other requests are left aside', () => {
  const fates = fatesOf('request-1', 'request-2');
  fates.take({ requestId: 'request-1', state: 'HELD', sequence: 2 });
  fates.take({ requestId: 'someone-elses', state: 'SUCCEEDED', sequence: 1 });
  expect(fates.unfinished()).toEqual(['request-1 (HELD)', 'request-2 (nothing told)']);
});
