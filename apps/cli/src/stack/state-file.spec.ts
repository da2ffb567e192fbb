import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readState, releaseLock, supervisorOf, takeLock, writeState } from './state-file.ts';

let folder: string;
let lock: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'jinku-state-'));
  lock = join(folder, 'supervisor');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('the second supervisor of a stack is told of the first', () => {
  expect(takeLock(lock)).toBeNull();
  expect(takeLock(lock)).toMatchObject({ pid: process.pid });
});

test('the lock of a supervisor that was killed is taken over, also when its number belongs to another process now', () => {
  writeFileSync(lock, `${process.pid}\nborn-at-another-time\n`);
  expect(supervisorOf(lock)).toBeNull();
  expect(takeLock(lock)).toBeNull();

  writeFileSync(lock, `${2 ** 30}\n1\n`);
  expect(takeLock(lock)).toBeNull();
});

test('a released lock is gone', () => {
  takeLock(lock);
  releaseLock(lock);
  expect(existsSync(lock)).toBe(false);
});

test('what was written is read, and a missing or cut-off file is no state', () => {
  const file = join(folder, 'state.json');
  expect(readState(file)).toBeNull();
  writeState(file, { profile: 'embedded', ports: { gateway: 1 }, parts: [] });
  expect(readState(file)).toEqual({ profile: 'embedded', ports: { gateway: 1 }, parts: [] });
  writeFileSync(file, '{"profile":');
  expect(readState(file)).toBeNull();
});
