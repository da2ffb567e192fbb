import { startTestRun } from './run-process.ts';

/** Jest calls this once before the first integration spec; workers are started afterwards and inherit the environment. */
export default async function globalSetup(): Promise<void> {
  await startTestRun();
}
