import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { endPostgresLeftOver } from './postgres-left-over.ts';

const FREE_PID = 4_194_305;

let folder: string;
let parent: ChildProcess | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jinku-left-over-'));
});

afterEach(() => {
  parent?.kill('SIGKILL');
  parent = undefined;
  rmSync(folder, { recursive: true, force: true });
});

/** A process that has ended and whose parent never asks how. It outlives the shell, which would ask, and leaves it to a `sleep` that does not. */
async function unreapedPid(): Promise<number> {
  parent = spawn('/bin/sh', ['-c', 'sleep 0.3 & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(parent.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer];
  const pid = Number(line.toString('utf8').trim());
  while (!readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ')) await new Promise((resolve) => setTimeout(resolve, 20));
  return pid;
}

async function isPidFileKept(pid: number): Promise<boolean> {
  writeFileSync(join(folder, 'postmaster.pid'), `${pid}\n${folder}\n`);
  await endPostgresLeftOver(folder);
  return existsSync(join(folder, 'postmaster.pid'));
}

test('a pid file whose server was killed but not taken note of by its parent is removed: PostgreSQL would hold the dead for living', async () => {
  expect(await isPidFileKept(await unreapedPid())).toBe(false);
});

test('a pid file whose number is a foreign process\'s now is removed', async () => {
  expect(await isPidFileKept(process.pid)).toBe(false);
});

test('a pid file whose number is nobody\'s is left to PostgreSQL', async () => {
  expect(await isPidFileKept(FREE_PID)).toBe(true);
});
