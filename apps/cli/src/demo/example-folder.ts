import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { violationsOf } from '@jinku/errors';
import type { z } from 'zod';
import { Refusal } from '../commands/refusal.ts';
import { CHECKOUT } from '../stack/checkout.ts';
import { parseCsv, type CsvRow } from './csv.ts';

/** A folder of examples/: what a user edits there is refused by file, line, field and rule. */
export class ExampleFolder {
  readonly #name: string;
  readonly #folder: string;

  constructor(name: string, folder: string = join(CHECKOUT, 'examples', name)) {
    this.#name = name;
    this.#folder = folder;
  }

  rows(file: string, columns: readonly string[]): CsvRow[] {
    return parseCsv(this.text(file), { file, columns });
  }

  /** The rows of a table, each checked by itself. */
  table<T>(file: string, columns: readonly string[], schema: z.ZodType<T>): { readonly line: number; readonly row: T }[] {
    return this.rows(file, columns).map((row) => ({ line: row.line, row: checkedRow(file, row, schema) }));
  }

  json<T>(file: string, schema: z.ZodType<T>): T {
    const parsed = schema.safeParse(this.anyJson(file));
    if (parsed.success) return parsed.data;
    const [violation] = violationsOf(parsed.error);
    throw new Refusal(`${file}: ${violation?.field ?? 'content'} ${violation?.rule ?? 'is as README.md says'}`);
  }

  anyJson(file: string): unknown {
    const text = this.text(file);
    try {
      return JSON.parse(text);
    } catch (error) {
      throw new Refusal(`${file} is not JSON: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  text(file: string): string {
    try {
      return readFileSync(join(this.#folder, file), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new Refusal(`examples/${this.#name}/${file} is missing`);
      throw error;
    }
  }
}

export function checkedRow<T>(file: string, { line, values }: { line: number; values: unknown }, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(values);
  if (parsed.success) return parsed.data;
  const [violation] = violationsOf(parsed.error);
  return refuseRow({ file, line }, violation?.field.replace(/^payee\./, '') ?? 'row', violation?.rule ?? 'is as README.md says');
}

export function refuseRow({ file, line }: { file: string; line: number }, field: string, rule: string): never {
  throw new Refusal(`${file} line ${line}: ${field} ${rule}`);
}
