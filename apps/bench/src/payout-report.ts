import type { PayoutFigures, StatementFigures } from './payout-figures.ts';

/** A statement, message or commit that grows with batches stays far below one per payout; the fullest batches make it a hundredth. */
const PER_PAYOUT_MAX = 0.1;
/** All of them together. */
const STATEMENTS_PER_PAYOUT_MAX = 0.8;
const COMMITS_PER_PAYOUT_MAX = 0.3;
const STATEMENTS_SHOWN = 14;
const TEXT_SHOWN = 110;

interface Report {
  readonly before: PayoutFigures;
  readonly after: PayoutFigures;
  readonly print: (line: string) => void;
}

/** Prints what one payout costs in each process, step and statement. */
export function reportPayouts({ before, after, print }: Report): void {
  const payouts = payoutsBetween(before, after);
  print(`${payouts} payouts`);
  const cpu = [...after.cpuSeconds].map(([name, seconds]) => ({ name, micros: ((seconds - (before.cpuSeconds.get(name) ?? 0)) * 1_000_000) / payouts }));
  cpu.sort((a, b) => b.micros - a.micros);
  for (const { name, micros } of cpu) if (micros >= 1) print(`cpu ${name.padEnd(32)} ${micros.toFixed(0).padStart(5)} µs a payout`);
  print(`cpu ${'in all'.padEnd(32)} ${cpu.reduce((sum, { micros }) => sum + micros, 0).toFixed(0).padStart(5)} µs a payout`);
  for (const [name, step] of [...after.steps].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const count = step.count - (before.steps.get(name)?.count ?? 0);
    const milliseconds = (step.seconds - (before.steps.get(name)?.seconds ?? 0)) * 1_000;
    if (count > 0) print(`step ${name.padEnd(60)} ${(milliseconds / count).toFixed(1).padStart(7)} ms, ${(payouts / count).toFixed(1).padStart(7)} payouts each`);
  }
  const statements = statementsBetween(before, after).sort((a, b) => b.milliseconds - a.milliseconds);
  for (const { role, text, calls, milliseconds } of statements.slice(0, STATEMENTS_SHOWN)) {
    const micros = (milliseconds * 1_000) / payouts;
    print(`sql ${micros.toFixed(1).padStart(6)} µs and ${(calls / payouts).toFixed(4)} calls a payout  ${role}  ${shown(text)}`);
  }
  const calls = statements.reduce((sum, statement) => sum + statement.calls, 0);
  const { commits, walBytes } = after;
  print(
    `${(calls / payouts).toFixed(3)} statements, ${((commits - before.commits) / payouts).toFixed(3)} commits and ` +
      `${((walBytes - before.walBytes) / payouts / 1_024).toFixed(1)} KiB of WAL a payout, the simulator's among them but for its statements`,
  );
}

/** What there is one of for (nearly) each payout, where there should be one for each batch. Empty when all is well. */
export function findPerPayout(before: PayoutFigures, after: PayoutFigures): string[] {
  const payouts = payoutsBetween(before, after);
  const statements = statementsBetween(before, after);
  const findings = statements
    .filter(({ calls }) => calls / payouts > PER_PAYOUT_MAX)
    .map(({ role, text, calls }) => `${(calls / payouts).toFixed(2)} of ${role}: ${shown(text)}`);
  for (const [type, count] of after.messages) {
    const each = (count - (before.messages.get(type) ?? 0)) / payouts;
    if (each > PER_PAYOUT_MAX) findings.push(`${each.toFixed(2)} messages ${type}`);
  }
  const all = statements.reduce((sum, { calls }) => sum + calls, 0) / payouts;
  if (all > STATEMENTS_PER_PAYOUT_MAX) findings.push(`${all.toFixed(2)} statements in all, more than ${STATEMENTS_PER_PAYOUT_MAX}`);
  const commits = (after.commits - before.commits) / payouts;
  if (commits > COMMITS_PER_PAYOUT_MAX) findings.push(`${commits.toFixed(2)} commits, more than ${COMMITS_PER_PAYOUT_MAX}`);
  return findings;
}

function payoutsBetween(before: PayoutFigures, after: PayoutFigures): number {
  return Math.max(1, after.finals - before.finals);
}

function statementsBetween(before: PayoutFigures, after: PayoutFigures): StatementFigures[] {
  return [...after.statements].map(([id, statement]) => {
    const earlier = before.statements.get(id);
    return { ...statement, calls: statement.calls - (earlier?.calls ?? 0), milliseconds: statement.milliseconds - (earlier?.milliseconds ?? 0) };
  });
}

function shown(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim().slice(0, TEXT_SHOWN);
}
