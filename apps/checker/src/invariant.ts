import type pg from 'pg';
import type { Books } from './books.ts';

export interface CheckOptions {
  /** Nothing is under way any more: what is merely late otherwise is wrong now. */
  readonly isQuiescent: boolean;
}

/** One of the statements of what must never be lost. `offenders` has one line per row that breaks it. */
export interface Invariant {
  readonly id: string;
  readonly sentence: string;
  offenders(books: Books, options: CheckOptions): Promise<string[]>;
}

/** What is wrong, one row a line: the statement selects the offending rows alone. */
export async function offendingRows(client: pg.Client, what: string, sql: string, parameters: readonly unknown[] = []): Promise<string[]> {
  const { rows } = await client.query<Record<string, unknown>>(sql, [...parameters]);
  return rows.map((row) => `${what}: ${Object.entries(row).map(([name, value]) => `${name}=${String(value)}`).join(' ')}`);
}
