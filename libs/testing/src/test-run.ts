import { appendFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the servers of this run said about themselves. */
export interface TestRun {
  readonly folder: string;
  /** From which the passwords of all roles follow. */
  readonly secret: string;
  readonly postgresPort: number;
  readonly controlPort: number;
}

export function testRun(): TestRun {
  const text = process.env['JINKU_TEST_RUN'];
  if (text === undefined) throw new Error('no PostgreSQL was started for this spec: its name must end in .int.spec.ts, or its project must name the globalSetup');
  return JSON.parse(text) as TestRun;
}

/** Tells at the end of the run, in one line, what was not tested here. On CI nothing may be left out. */
export function leaveOut(reason: string): void {
  if (process.env['CI'] === 'true') throw new Error(`with CI=true nothing may be left out: ${reason}`);
  appendFileSync(join(testRun().folder, 'left-out'), `${reason}\n`);
}
