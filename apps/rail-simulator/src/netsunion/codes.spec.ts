import { BUSINESS_FAILURES, CODES, REFUSALS, type Code } from './codes.ts';

test('each code fits exactly the statuses that the protocol page names', () => {
  const table = Object.fromEntries(
    Object.entries(CODES).map(([code, { httpStatus, statuses }]) => [code, `${httpStatus} ${statuses.join(' ')}`]),
  );

  expect(table).toEqual({
    '0000': '200 SUCCEEDED ACCEPTED PROCESSING',
    '0101': '200 FAILED',
    '0102': '200 FAILED',
    '0103': '200 FAILED',
    '0104': '200 FAILED',
    '0201': '200 REJECTED',
    '0301': '200 REJECTED',
    '0302': '200 REJECTED',
    '0401': '200 REJECTED',
    '0501': '400 REJECTED',
    '0502': '401 REJECTED',
    '0601': '429 REJECTED',
    '0602': '200 NOT_FOUND',
    '0603': '404 REJECTED',
    '9999': '200 UNKNOWN',
  });
});

test('failures and refusals are disjoint parts of the table', () => {
  const failures = BUSINESS_FAILURES.map((code: Code) => CODES[code].statuses.join());
  const refusals = REFUSALS.map((code: Code) => CODES[code].statuses.join());

  expect(new Set(failures)).toEqual(new Set(['FAILED']));
  expect(new Set(refusals)).toEqual(new Set(['REJECTED']));
});
