import { describe, expect, test } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { cpuSecondsOfTree, memoryOfTree } from './process-tree.ts';

const HELD_MEBIBYTES = 64;

describe('the memory of a process and all that descend from it', () => {
  test('counts a grandchild under the name of the nearest named process above it, or nothing where the system does not tell', async () => {
    const holds = `const held = Buffer.alloc(${HELD_MEBIBYTES} * 1024 * 1024, 1); console.log(held.length); setInterval(() => held, 1000)`;
    const shell = spawn('/bin/sh', ['-c', `'${process.execPath}' -e '${holds}'; true`], { stdio: ['ignore', 'pipe', 'inherit'], detached: true });
    await once(shell.stdout, 'data');

    const memory = memoryOfTree(process.pid, new Map([[process.pid, 'specs'], [shell.pid ?? 0, 'shell']]));
    process.kill(-(shell.pid ?? 0), 'SIGKILL');

    const ofShell = memory?.parts.find(([name]) => name === 'shell')?.[1] ?? 0;
    expect(memory !== null).toBe(existsSync('/proc/self/smaps_rollup'));
    expect(memory === null || ofShell > HELD_MEBIBYTES).toBe(true);
    expect(memory === null || memory.total > ofShell).toBe(true);
  });
});

test('the processor time of a process holds that of a child that has ended', async () => {
  const before = cpuSecondsOfTree(process.pid);
  const child = spawn(process.execPath, ['-e', 'for (const end = Date.now() + 300; Date.now() < end; );'], { stdio: 'inherit' });
  await once(child, 'exit');
  const after = cpuSecondsOfTree(process.pid);

  expect(before === null).toBe(!existsSync('/proc/self/stat'));
  expect(after === null || before === null || after > before).toBe(true);
});
