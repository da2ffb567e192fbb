export interface Counts {
  readonly passed: number;
  readonly failed: number;
}

export function sumOf(counts: readonly Counts[]): Counts {
  return { passed: counts.reduce((sum, { passed }) => sum + passed, 0), failed: counts.reduce((sum, { failed }) => sum + failed, 0) };
}

/** The last line of `./jinku test`; other programs read it, so it never changes its form. */
export function verdictLine({ passed, failed }: Counts): string {
  return `${passed} passed, ${failed} failed`;
}

/** What `jest --json` writes, as far as it is read here. */
export interface JestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  /** Files that failed as a whole: no test of theirs was counted. */
  readonly numRuntimeErrorTestSuites: number;
  readonly success: boolean;
  readonly testResults?: readonly { readonly assertionResults: readonly { readonly failureMessages: readonly string[] }[] }[];
}

/** The generated files of which some spec said that they are not what would be written now. */
export function noLongerTrue({ testResults = [] }: JestReport): string[] {
  const messages = testResults.flatMap(({ assertionResults }) => assertionResults.flatMap(({ failureMessages }) => failureMessages));
  return [...new Set(messages.flatMap((message) => /(\S+) is no longer true from line/.exec(message)?.[1] ?? []))].sort();
}

/** A run that failed without a failed test (a hook, an open handle, a crash) counts as one. */
export function countsOf(report: JestReport | null, exitCode: number): Counts {
  if (report === null) return { passed: 0, failed: 1 };
  const failed = report.numFailedTests + report.numRuntimeErrorTestSuites;
  return { passed: report.numPassedTests, failed: failed === 0 && (exitCode !== 0 || !report.success) ? 1 : failed };
}
