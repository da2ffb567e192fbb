import { stopTestRun } from './run-process.ts';

export default async function globalTeardown(): Promise<void> {
  await stopTestRun();
}
