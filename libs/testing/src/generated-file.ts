import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const CHECKOUT = join(import.meta.dirname, '..', '..', '..');

/** A committed file is not what it would be written as now. `./jinku docs` reads the name of the file from the message. */
export class NoLongerTrue extends Error {
  constructor(file: string, line: number) {
    super(`${file} is no longer true from line ${line} on: \`./jinku docs\` writes it anew`);
    this.name = 'NoLongerTrue';
  }
}

/** Holds a generated file of the checkout to its content. With JINKU_UPDATE=1 it writes the file. */
export function expectGenerated(file: URL | string, content: string): void {
  const path = file instanceof URL ? file.pathname : join(CHECKOUT, file);
  if (process.env['JINKU_UPDATE'] === '1') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, content);
  }
  const committed = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (committed === content) return;
  const [was, is] = [committed.split('\n'), content.split('\n')];
  throw new NoLongerTrue(relative(CHECKOUT, path), is.findIndex((line, index) => line !== was[index]) + 1 || is.length);
}
