import { runJestForReport } from '../suite/steps.ts';
import { noLongerTrue } from '../suite/verdict.ts';
import { argumentsReader } from './refusal.ts';

/** The specs that hold each generated file to what it is generated from, and write it when told to; those before are read by those after. */
const GENERATING = [
  { project: 'integration', specs: String.raw`schema\.int\.spec\.ts$` },
  { project: 'unit', specs: String.raw`(catalogue|reference|written-commands)\.spec\.ts$` },
] as const;

export const readDocsArguments = argumentsReader({ flags: ['--check'], positionalsMax: 0 });

export async function docs(args: readonly string[]): Promise<number> {
  const { has } = readDocsArguments(args);
  const variables = has('--check') ? {} : { JINKU_UPDATE: '1' };
  let isTrue = true;
  const stale: string[] = [];
  for (const { project, specs } of GENERATING) {
    const { counts, report } = await runJestForReport(`docs-${project}`, { projects: [project], args: ['--testPathPatterns', specs], variables });
    isTrue &&= counts.failed === 0 && counts.passed > 0;
    if (report !== null) stale.push(...noLongerTrue(report));
  }
  for (const file of stale) process.stdout.write(`${file} is no longer true: \`./jinku docs\` writes it anew.\n`);
  if (isTrue) process.stdout.write(has('--check') ? 'Every generated page is true, and every command that the pages name is one.\n' : 'Written.\n');
  return isTrue ? 0 : 1;
}
