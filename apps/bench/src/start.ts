import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';
import { Api, CHECKOUT, Institution, readPayoutFiles, runningStack, type StackDoors } from '@jinku/cli';
import { stateFolder } from '@jinku/infrastructure';
import { cpuSecondsOfTree, memoryOfTree } from './process-tree.ts';

const START_MS_MAX = 15_000;
const IDLE_MEBIBYTES_MAX = 600;
const FRESH_CLONE_MS_MAX = 120_000;
const IDLE_FOR_MS = 20_000;
const PAID_WITHIN_MS = 60_000;
const LOOKED_EVERY_MS = 20;
const DEMO_GIVEN_UP_AFTER_MS = 600_000;

export interface StartBenchOptions {
  readonly withFreshClone: boolean;
  readonly print: (line: string) => void;
}

/** P7: how soon the first payout of the sample day is paid, and how much memory all of it takes when nothing is asked of it. Returns whether every bar is met. */
export async function runStartBench({ withFreshClone, print }: StartBenchOptions): Promise<boolean> {
  const bar = (id: string, { value, threshold, isMet }: { value: string; threshold: string; isMet: boolean }): boolean => {
    print(`P7 ${id}: ${value}, threshold ${threshold}: ${isMet ? 'met' : 'not met'}`);
    return isMet;
  };
  const results = [startOfDemo(bar, await firstPayoutOfDemo(CHECKOUT)), await idle(bar, print)];
  if (withFreshClone) results.push(freshClone(bar, await firstPayoutOfFreshClone()));
  return results.every(Boolean);
}

type Bar = (id: string, figure: { value: string; threshold: string; isMet: boolean }) => boolean;

interface DemoStart {
  readonly readyMs: number | null;
  readonly paidMs: number | null;
  /** Up to the first payout, of the command and all that it started. */
  readonly cpuSeconds: number | null;
}

/** On a machine that is busy with something else the wall clock says little: what the start took of the processors stands beside it. */
function startOfDemo(bar: Bar, { readyMs, paidMs, cpuSeconds }: DemoStart): boolean {
  const cpu = cpuSeconds === null ? '' : ` (${cpuSeconds.toFixed(1)} s of CPU on ${availableParallelism()} cores)`;
  const value = readyMs === null || paidMs === null ? 'no payout' : `ready after ${seconds(readyMs)}, first payout after ${seconds(paidMs)}${cpu}`;
  return bar('start-up', { value, threshold: seconds(START_MS_MAX), isMet: (paidMs ?? Infinity) <= START_MS_MAX });
}

function freshClone(bar: Bar, { paidMs }: DemoStart): boolean {
  const value = paidMs === null ? 'no payout' : `first payout after ${seconds(paidMs)}`;
  return bar('fresh-clone', { value, threshold: seconds(FRESH_CLONE_MS_MAX), isMet: (paidMs ?? Infinity) <= FRESH_CLONE_MS_MAX });
}

/** What a visitor runs, until the first payout of its day has succeeded. */
async function firstPayoutOfDemo(checkout: string): Promise<DemoStart> {
  const began = performance.now();
  const demo = spawn(join(checkout, 'jinku'), ['demo'], { cwd: checkout, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(demo, 'exit');
  const timer = setTimeout(() => demo.kill('SIGINT'), DEMO_GIVEN_UP_AFTER_MS);
  const start: { -readonly [K in keyof DemoStart]: DemoStart[K] } = { readyMs: null, paidMs: null, cpuSeconds: null };
  // Read to the end, so that the demo never writes to a pipe that nobody reads.
  for await (const line of createInterface({ input: demo.stdout })) {
    if (line.startsWith('Ready after')) start.readyMs ??= performance.now() - began;
    if (!line.includes('The first payout has succeeded') || start.paidMs !== null) continue;
    start.paidMs = performance.now() - began;
    start.cpuSeconds = cpuSecondsOfTree(demo.pid ?? 0);
    demo.kill('SIGINT');
  }
  await ended;
  clearTimeout(timer);
  return start;
}

/** Runs `./jinku up` in a state folder of its own, lets every service have worked once, and leaves it alone. */
async function idle(bar: Bar, print: (line: string) => void): Promise<boolean> {
  const stateDir = join(tmpdir(), `jinku-bench-start-${process.pid}`);
  const launcher = spawn(join(CHECKOUT, 'jinku'), ['up'], { cwd: CHECKOUT, env: { ...process.env, JINKU_STATE_DIR: stateDir }, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(launcher, 'exit');
  try {
    await untilReady(launcher.stdout);
    const stack = runningStack(stateDir);
    if (stack === null) throw new Error('./jinku up has ended');
    await payOnce(stack);
    await pause(IDLE_FOR_MS);
    return idleMemory(launcher.pid ?? 0, { stack, bar, print });
  } finally {
    launcher.kill('SIGTERM');
    await ended;
    rmSync(stateDir, { recursive: true, force: true });
  }
}

function idleMemory(launcher: number, { stack, bar, print }: { stack: StackDoors; bar: Bar; print: (line: string) => void }): boolean {
  const memory = memoryOfTree(launcher, new Map([[launcher, 'launcher'], ...stack.processes.map(({ pid, name }) => [pid ?? 0, name] as const)]));
  if (memory === null) return bar('idle-memory', { value: 'not measured, as this system has no /proc/*/smaps_rollup', threshold: `${IDLE_MEBIBYTES_MAX} MiB`, isMet: false });
  for (const [name, mebibytes] of memory.parts) print(`   ${name.padEnd(16)} ${mebibytes.toFixed(0)} MiB`);
  const value = `${memory.total.toFixed(0)} MiB PSS (what processes share is counted once) after ${seconds(IDLE_FOR_MS)} without a request`;
  return bar('idle-memory', { value, threshold: `${IDLE_MEBIBYTES_MAX} MiB`, isMet: memory.total <= IDLE_MEBIBYTES_MAX });
}

/** Reads on to the end, so that the launcher never writes to a pipe that nobody reads. */
async function untilReady(output: Readable): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const lines = createInterface({ input: output });
    lines.on('line', (line) => {
      if (line.startsWith('Jinku is ready')) resolve();
    });
    lines.once('close', () => reject(new Error('./jinku up ended before it was ready')));
  });
}

/** Sets up the smallest institution that can pay, asks for one payout by HTTP and waits until it has succeeded. */
async function payOnce(stack: StackDoors): Promise<void> {
  const { requests, ...files } = { ...readPayoutFiles(), faults: '{}' };
  const [first] = requests;
  if (first === undefined) throw new Error('examples/payouts/requests.csv has no request');
  const institution = await Institution.staff(stack);
  await Promise.all([institution.register({ ...files, requests }), institution.arrangeRail({ ...files, requests })]);
  const gateway = new Api(stack.urls.gateway);
  const token = institution.operatorToken;
  const { payoutId } = await gateway.call<{ payoutId: string }>({ method: 'POST', path: '/v1/payouts', token, body: { ...first.request, requestId: `BENCH-${randomUUID()}` } });
  const deadline = performance.now() + PAID_WITHIN_MS;
  for (;;) {
    const { state } = await gateway.call<{ state: string }>({ path: `/v1/payouts/${payoutId}`, token });
    if (state === 'SUCCEEDED') return;
    if (performance.now() > deadline) throw new Error(`the payout is ${state} after ${seconds(PAID_WITHIN_MS)}`);
    await pause(LOOKED_EVERY_MS);
  }
}

/** What a newcomer does: clones, and runs the demo. Packages come from npm's cache or registry, as they would. */
async function firstPayoutOfFreshClone(): Promise<DemoStart> {
  const folder = mkdtempSync(join(tmpdir(), 'jinku-bench-clone-'));
  const clone = join(folder, 'jinku');
  try {
    const cloned = spawnSync('git', ['clone', '--quiet', CHECKOUT, clone], { encoding: 'utf8' });
    if (cloned.status !== 0) throw new Error(`git could not clone the checkout: ${cloned.stderr}`);
    return await firstPayoutOfDemo(clone);
  } finally {
    const state = stateFolder(clone);
    rmSync(folder, { recursive: true, force: true });
    rmSync(state, { recursive: true, force: true });
  }
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
