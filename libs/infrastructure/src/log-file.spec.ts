import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { limitLog, tailOf } from './log-file.ts';

let folder: string;
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'jinku-log-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a log that has grown too large is put aside and goes on empty', () => {
  const file = join(folder, 'a.log');
  writeFileSync(file, 'x'.repeat(20));

  expect(limitLog(file, 10)).toBe(true);
  appendFileSync(file, 'next');

  expect(readFileSync(file, 'utf8')).toBe('next');
  expect(readFileSync(`${file}.1`, 'utf8')).toBe('x'.repeat(20));
});

test('a small log and a missing one are left alone', () => {
  const file = join(folder, 'a.log');
  writeFileSync(file, 'x');

  expect(limitLog(file, 10)).toBe(false);
  expect(limitLog(join(folder, 'none.log'), 10)).toBe(false);
  expect(existsSync(`${file}.1`)).toBe(false);
});

test('the tail is the last lines, and nothing of a missing log', () => {
  const file = join(folder, 'a.log');
  writeFileSync(file, 'one\ntwo\nthree\n');

  expect(tailOf(file, 2)).toEqual(['two', 'three']);
  expect(tailOf(join(folder, 'none.log'), 2)).toEqual([]);
});
