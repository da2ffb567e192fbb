import { setTimeout as pause } from 'node:timers/promises';
import { runApp } from '../commands/app-process.ts';
import { Refusal } from '../commands/refusal.ts';
import type { Stack } from '../stack/stack.ts';
import type { TrialBalance } from './institution.ts';
import type { Screen } from './screen.ts';

const BOOKS_CLOSED_WITHIN_MS = 30_000;
const BOOKS_READ_EVERY_MS = 250;
/** Accounts that are empty once every payout has ended and the ledger has posted all of it. */
const EMPTY_AT_THE_END = new Set(['2002', '9001.RESERVED', '9002.RESERVED']);

/** Without a verdict the demo has failed, but with `--stay` it stays. */
export async function checkerVerdict(stack: Stack, screen: Screen): Promise<number> {
  try {
    return await runApp('checker', ['--quiescent'], stack.env);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    screen.say(`There is no verdict: ${error.message}`);
    return error.exitCode;
  }
}

/** The ledger posts what payouts tell it a moment later. */
export async function closedBooks(read: () => Promise<TrialBalance>, { areExpected }: { areExpected: boolean }): Promise<TrialBalance> {
  const deadline = performance.now() + (areExpected ? BOOKS_CLOSED_WITHIN_MS : 0);
  for (;;) {
    const trial = await read();
    const isClosed = trial.lines.every(({ code, balance }) => !EMPTY_AT_THE_END.has(code) || balance === '0.00');
    if (isClosed || performance.now() > deadline) return trial;
    await pause(BOOKS_READ_EVERY_MS);
  }
}
