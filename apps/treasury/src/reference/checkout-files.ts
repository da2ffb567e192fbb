import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { RefusalList } from './errors-page.ts';

export const CHECKOUT = join(import.meta.dirname, '..', '..', '..', '..');

/** Source files of apps and libs that run in an installation, by their path in the checkout. */
export function sourceFiles(pattern = '{apps,libs}/*/src/**/*.ts'): ReadonlyMap<string, string> {
  const isOurs = (file: string): boolean => !/\.(spec|builder|scenario)\.ts$/.test(file);
  const files = globSync(pattern, { cwd: CHECKOUT }).filter(isOurs).sort();
  return new Map(files.map((file) => [file, readFileSync(join(CHECKOUT, file), 'utf8')]));
}

export function readIfThere(file: string): string | null {
  const path = join(CHECKOUT, file);
  return existsSync(path) ? readFileSync(path, 'utf8') : null;
}

/** The committed schemas by the name of their app. */
export function committedSchemas(): ReadonlyMap<string, string> {
  return new Map(globSync('apps/*/schema.sql', { cwd: CHECKOUT }).sort().map((file) => [file.split('/')[1] ?? '', readFileSync(join(CHECKOUT, file), 'utf8')]));
}

/** Every closed list of refusals, found by the call that makes one. */
export async function refusalLists(): Promise<RefusalList[]> {
  const files = [...sourceFiles()].filter(([file, text]) => / = defineRefusals\(/.test(text) && !file.startsWith('apps/treasury/')).map(([file]) => file);
  const lists = await Promise.all(
    files.map(async (file) => {
      const exported = Object.values((await import(pathToFileURL(join(CHECKOUT, file)).href)) as Record<string, unknown>);
      return exported.filter(isRefusalList).map(({ definitions }) => ({ folder: file.split('/').slice(0, 2).join('/'), definitions }));
    }),
  );
  return lists.flat();
}

function isRefusalList(exported: unknown): exported is Pick<RefusalList, 'definitions'> {
  return typeof exported === 'object' && exported !== null && 'definitions' in exported;
}
