import { runJest } from '../suite/steps.ts';
import { readArguments } from './refusal.ts';

/** The specs that hold each generated file to what it is generated from, and write it when told to. */
const GENERATED_FILES = String.raw`(catalogue|schema\.int)\.spec\.ts$`;

export async function docs(args: readonly string[]): Promise<number> {
  const { has } = readArguments(args, { flags: ['--check'], positionalsMax: 0 });
  const variables = has('--check') ? {} : { JINKU_UPDATE: '1' };
  const counts = await runJest('docs', { projects: ['unit', 'integration'], args: ['--testPathPatterns', GENERATED_FILES], variables });
  return counts.failed === 0 && counts.passed > 0 ? 0 : 1;
}
