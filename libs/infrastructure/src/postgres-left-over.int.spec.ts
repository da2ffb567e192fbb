import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

/** A process that has ended and whose parent never asks how. */
async function unreapedPid(): Promise<number> {
  parent = spawn('/bin/sh', ['-c', 'true & echo $!; exec sleep 30'], { stdio: ['ignore', 'pipe', 'ignore'] });
  const [line] = (await once(parent.stdout as NonNullable<ChildProcess['stdout']>, 'data')) as [Buffer];
  await new Promise((resolve) => setTimeout(resolve, 100));
  return Number(line.toString('utf8').trim());
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
