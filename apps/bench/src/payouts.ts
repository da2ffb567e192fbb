import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { CHECKOUT, Institution, readPayoutFiles, startStack, type Stack } from '@jinku/cli';
import { rolePassword } from '@jinku/persistence';
import pg from 'pg';
import { readFigures, type PayoutFigures } from './payout-figures.ts';
import { PayoutLoad } from './payout-load.ts';
import { findPerPayout, reportPayouts } from './payout-report.ts';

/** P2 of the spine, on the cluster profile with everything on one machine. */
const PAYOUTS_PER_SECOND_MIN = 1_500;
const WARM_UP_MS = 15_000;
/** The last figures of grants are told half a second after the last payout: then the books are at rest. */
const AT_REST_AFTER_MS = 2_000;

export interface PayoutBenchOptions {
  readonly seconds: number;
  readonly isAsserting: boolean;
  readonly print: (line: string) => void;
}

/** Returns whether the bars are met; the rate counts only when the checker is clean afterwards. */
export async function runPayoutBench({ seconds, isAsserting, print }: PayoutBenchOptions): Promise<boolean> {
  const stateDir = join(tmpdir(), `jinku-bench-${process.pid}`);
  const stack = await startStack({ profile: 'cluster', stateDir });
  const database = adminOf(stack);
  try {
    const { before, after, isDrained } = await measure(stack, database, seconds);
    reportPayouts({ before, after, print });
    const perPayout = findPerPayout(before, after);
    for (const finding of perPayout) print(`per payout: ${finding}`);
    await pause(AT_REST_AFTER_MS);
    if (!isDrained) print('not every request was answered in time');
    const isClean = verdict(stack, print);
    const rate = ((after.finals - before.finals) * 1_000) / (after.atMs - before.atMs);
    const isMet = rate >= PAYOUTS_PER_SECOND_MIN && isClean && isDrained;
    print(`P2 ${rate.toFixed(0)} payouts/s, at least ${PAYOUTS_PER_SECOND_MIN}, ${seconds} s, hmac-sm3: ${isMet ? 'met' : 'not met'}`);
    return isMet && (perPayout.length === 0 || !isAsserting);
  } finally {
    await database.end();
    await stack.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

async function measure(stack: Stack, database: pg.Pool, seconds: number): Promise<{ before: PayoutFigures; after: PayoutFigures; isDrained: boolean }> {
  const files = { ...readPayoutFiles(), faults: '{}' };
  const institution = await Institution.staff(stack);
  await institution.register(files);
  await institution.arrangeRail(files);
  const load = await PayoutLoad.connect(stack, files.requests.map(({ request }) => request));
  try {
    const sending = load.run(WARM_UP_MS + seconds * 1_000);
    await pause(WARM_UP_MS);
    const before = await readFigures(stack, database, load.finals);
    await sending;
    const after = await readFigures(stack, database, load.finals);
    await load.drain();
    return { before, after, isDrained: load.isDrained };
  } finally {
    await load.close();
  }
}

function adminOf(stack: Stack): pg.Pool {
  const url = new URL(stack.databaseUrl);
  const address = { host: url.hostname, port: Number(url.port), database: url.pathname.slice(1), secret: stack.databaseSecret };
  return new pg.Pool({ host: address.host, port: address.port, database: address.database, user: 'postgres', password: rolePassword(address, 'postgres'), max: 1 });
}

function verdict(stack: Stack, print: (line: string) => void): boolean {
  const run = spawnSync(process.execPath, [join(CHECKOUT, 'apps', 'checker', 'dist', 'main.js'), '--quiescent'], { env: { ...process.env, ...stack.env }, encoding: 'utf8' });
  print(run.stdout.trim());
  return run.status === 0;
}
