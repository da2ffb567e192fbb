import { runSuite } from '../suite/run-suite.ts';

export async function test(args: readonly string[]): Promise<number> {
  return await runSuite(args);
}
