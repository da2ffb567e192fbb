import { countsOf, sumOf, verdictLine } from './verdict.ts';

const report = { numPassedTests: 3, numFailedTests: 0, numRuntimeErrorTestSuites: 0, success: true };

test('the verdict is the sum over all suites', () => {
  expect(verdictLine(sumOf([{ passed: 2, failed: 0 }, { passed: 40, failed: 1 }]))).toBe('42 passed, 1 failed');
});

test('a file that could not be loaded counts as a failure', () => {
  expect(countsOf({ ...report, numRuntimeErrorTestSuites: 2, success: false }, 1)).toEqual({ passed: 3, failed: 2 });
});

test('a run that wrote no report, or failed without a failed test, is a failure', () => {
  expect(countsOf(null, 0)).toEqual({ passed: 0, failed: 1 });
  expect(countsOf(report, 1)).toEqual({ passed: 3, failed: 1 });
  expect(countsOf({ ...report, success: false }, 0)).toEqual({ passed: 3, failed: 1 });
});

test('a clean run has nothing failed', () => {
  expect(countsOf(report, 0)).toEqual({ passed: 3, failed: 0 });
});
