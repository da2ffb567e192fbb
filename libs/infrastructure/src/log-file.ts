import { closeSync, copyFileSync, existsSync, openSync, readSync, statSync, truncateSync } from 'node:fs';

export const LOG_BYTES_MAX = 32 * 1024 * 1024;
const TAIL_BYTES_MAX = 256 * 1024;

/** Puts a log that has grown too large aside as `<file>.1`. Its writer appends, so it goes on at the start of the emptied file. */
export function limitLog(file: string, bytesMax = LOG_BYTES_MAX): boolean {
  if (!existsSync(file) || statSync(file).size <= bytesMax) return false;
  copyFileSync(file, `${file}.1`);
  truncateSync(file, 0);
  return true;
}

/** The last lines of a log; nothing when there is none. */
export function tailOf(file: string, lines: number): string[] {
  if (!existsSync(file)) return [];
  const { size } = statSync(file);
  const length = Math.min(size, TAIL_BYTES_MAX);
  return readFrom(file, size - length, length).replace(/\n$/, '').split('\n').slice(-lines);
}

export function readFrom(file: string, from: number, length: number): string {
  const buffer = Buffer.alloc(length);
  const handle = openSync(file, 'r');
  try {
    return buffer.subarray(0, readSync(handle, buffer, 0, length, from)).toString('utf8');
  } finally {
    closeSync(handle);
  }
}
