import { Refusal } from '../commands/refusal.ts';
import { prepareClusterTools } from './cluster-tools.ts';
import { STEPS, type Step } from './steps.ts';
import { sumOf, verdictLine, type Counts } from './verdict.ts';

/** Runs the named steps, or all, each to its end whatever the one before found; the exit code is 0 only when nothing failed. */
export async function runSuite(names: readonly string[]): Promise<number> {
  const steps = stepsNamed(names);
  const isRequired = process.env['CI'] === 'true';

  const needsCluster = steps.some((step) => step.name === 'integration' || step.name.startsWith('scenarios'));
  const tools = needsCluster ? await prepareClusterTools({ mayInstall: isRequired && process.getuid?.() === 0 }) : { missing: [], reasons: [] };
  for (const reason of tools.reasons) say(reason);

  // Where everything is required, each part that had to be left out is a failure of its own.
  const results: { name: string; counts: Counts }[] = isRequired ? tools.missing.map((name) => ({ name, counts: { passed: 0, failed: 1 } })) : [];
  for (const step of steps) {
    say(`\n── ${step.name}`);
    const began = performance.now();
    const counts = await step.run(tools);
    results.push({ name: step.name, counts });
    say(`── ${step.name}: ${verdictLine(counts)} (${Math.round((performance.now() - began) / 1_000)} s)`);
  }

  say('');
  for (const { name, counts } of results) say(`${name.padEnd(20)} ${verdictLine(counts)}`);
  const total = sumOf(results.map(({ counts }) => counts));
  say(verdictLine(total));
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

/** All steps when none is named; `scenarios` names both of its profiles. */
export function stepsNamed(names: readonly string[]): readonly Step[] {
  const unknown = names.find((name) => !STEPS.some((step) => step.name === name || step.name.startsWith(`${name}-`)));
  if (unknown !== undefined) throw new Refusal(`There is no part '${unknown}'; there are: ${STEPS.map((step) => step.name).join(', ')}.`, 2);
  return names.length === 0 ? STEPS : STEPS.filter((step) => names.some((name) => step.name === name || step.name.startsWith(`${name}-`)));
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
