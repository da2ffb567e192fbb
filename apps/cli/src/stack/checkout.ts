import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The folder with the script `jinku`, from wherever this file runs: `src` in the tests, `dist` otherwise. */
export const CHECKOUT = findCheckout(import.meta.dirname);

function findCheckout(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'jinku')) && existsSync(join(folder, 'package-lock.json'))) return folder;
    if (folder === dirname(folder)) throw new Error(`${from} is not inside a checkout of Jinku`);
  }
}
