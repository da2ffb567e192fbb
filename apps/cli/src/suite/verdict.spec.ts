import { countsOf, noLongerTrue, sumOf, verdictLine } from './verdict.ts';

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

test('files that are no longer true are named once each, in order', () => {
  const failed = (...failureMessages: string[]) => ({ assertionResults: [{ failureMessages }] });
  const said = (file: string): string => `NoLongerTrue: ${file} is no longer true from line 7 on: \`./jinku docs\` writes it anew\n    at …`;

  expect(noLongerTrue({ ...report, testResults: [failed(said('docs/messages.md'), 'Error: another'), failed(said('docs/errors.md')), failed(said('docs/messages.md'))] })).toEqual([
    'docs/errors.md',
    'docs/messages.md',
  ]);
});
