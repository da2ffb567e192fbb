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
const CLONE_GIVEN_UP_AFTER_MS = 600_000;

export interface StartBenchOptions {
  readonly withFreshClone: boolean;
  readonly print: (line: string) => void;
}

/** P7: how soon the first payout is paid, and how much memory all of it takes when nothing is asked of it. Returns whether every bar is met. */
export async function runStartBench({ withFreshClone, print }: StartBenchOptions): Promise<boolean> {
  const bar = (id: string, { value, threshold, isMet }: { value: string; threshold: string; isMet: boolean }): boolean => {
    print(`P7 ${id}: ${value}, threshold ${threshold}: ${isMet ? 'met' : 'not met'}`);
    return isMet;
  };
  const results = await embedded(bar, print);
  if (withFreshClone) {
    const tookMs = await firstPayoutOfFreshClone(print);
    results.push(bar('fresh-clone', { value: tookMs === null ? 'no payout' : `first payout after ${seconds(tookMs)}`, threshold: seconds(FRESH_CLONE_MS_MAX), isMet: (tookMs ?? Infinity) <= FRESH_CLONE_MS_MAX }));
  }
  return results.every(Boolean);
}

type Bar = (id: string, figure: { value: string; threshold: string; isMet: boolean }) => boolean;

/** Runs what a user runs, `./jinku up`, on what is installed, in a state folder of its own. */
async function embedded(bar: Bar, print: (line: string) => void): Promise<boolean[]> {
  const stateDir = join(tmpdir(), `jinku-bench-start-${process.pid}`);
  const began = performance.now();
  const launcher = spawn(join(CHECKOUT, 'jinku'), ['up'], { cwd: CHECKOUT, env: { ...process.env, JINKU_STATE_DIR: stateDir }, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(launcher, 'exit');
  try {
    await untilReady(launcher.stdout);
    const readyMs = performance.now() - began;
    const stack = runningStack(stateDir);
    if (stack === null) throw new Error('./jinku up has ended');
    await firstPayout(stack);
    const paidMs = performance.now() - began;
    // On a machine that is busy with something else the wall clock says little: what it took of the processors stands beside it.
    const spent = cpuSecondsOfTree(launcher.pid ?? 0);
    const value = `ready after ${seconds(readyMs)}, first payout after ${seconds(paidMs)}${spent === null ? '' : ` (${spent.toFixed(1)} s of CPU on ${availableParallelism()} cores)`}`;
    const start = bar('start-up', { value, threshold: seconds(START_MS_MAX), isMet: paidMs <= START_MS_MAX });
    await pause(IDLE_FOR_MS);
    return [start, idleMemory(launcher.pid ?? 0, { stack, bar, print })];
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
async function firstPayout(stack: StackDoors): Promise<void> {
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
    if (performance.now() > deadline) throw new Error(`the first payout is ${state} after ${seconds(PAID_WITHIN_MS)}`);
    await pause(LOOKED_EVERY_MS);
  }
}

/** What a newcomer does: clones, and runs the demo; null when no payout came of it. Packages come from npm's cache or registry, as they would. */
async function firstPayoutOfFreshClone(print: (line: string) => void): Promise<number | null> {
  const folder = mkdtempSync(join(tmpdir(), 'jinku-bench-clone-'));
  const clone = join(folder, 'jinku');
  try {
    const cloned = spawnSync('git', ['clone', '--quiet', CHECKOUT, clone], { encoding: 'utf8' });
    if (cloned.status !== 0) throw new Error(`git could not clone the checkout: ${cloned.stderr}`);
    return await firstPayoutOfDemo(clone, print);
  } finally {
    const state = stateFolder(clone);
    rmSync(folder, { recursive: true, force: true });
    rmSync(state, { recursive: true, force: true });
  }
}

async function firstPayoutOfDemo(clone: string, print: (line: string) => void): Promise<number | null> {
  const began = performance.now();
  const demo = spawn(join(clone, 'jinku'), ['demo', '--requests', '200'], { cwd: clone, stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(demo, 'exit');
  const timer = setTimeout(() => demo.kill('SIGINT'), CLONE_GIVEN_UP_AFTER_MS);
  let tookMs: number | null = null;
  for await (const line of createInterface({ input: demo.stdout })) {
    print(`   ${line}`);
    if (line.startsWith('First payout')) tookMs ??= performance.now() - began;
  }
  await ended;
  clearTimeout(timer);
  return tookMs;
}

function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
