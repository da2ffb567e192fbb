import type pg from 'pg';
import type { Books } from './books.ts';

export interface CheckOptions {
  /** Nothing is under way any more: what is merely late otherwise is wrong now. */
  readonly isQuiescent: boolean;
}

/** How much an invariant looked at, by what it was: a check over nothing must be seen to be one. */
export type Looked = Readonly<Record<string, bigint>>;

/** One of the statements of what must never be lost. */
export interface Invariant {
  readonly id: string;
  readonly sentence: string;
  /** Services without whose books it cannot be examined: where the schema of one is not installed, the verdict says so. */
  readonly needs?: readonly string[];
  /** Tells each row that breaks it, and what it looked at. */
  examine(books: Books, options: CheckOptions, offenders: Offenders): Promise<Looked>;
}

const ROWS_PER_FETCH = 2_000;
const SHOWN_MAX = 50;

/** The rows that break an invariant: all are counted, by what is wrong with them, and the first are kept to be shown. */
export class Offenders {
  readonly shown: string[] = [];
  /** What would be wrong if it were not known why it is so, by name. */
  readonly explained: string[] = [];
  readonly #counts = new Map<string, number>();

  get count(): number {
    return [...this.#counts.values()].reduce((sum, count) => sum + count, 0);
  }

  /** How many rows have this wrong with them. */
  countOf(what: string): number {
    return this.#counts.get(what) ?? 0;
  }

  add(what: string, row: string): void {
    this.#counts.set(what, this.countOf(what) + 1);
    if (this.shown.length < SHOWN_MAX) this.shown.push(`${what}: ${row}`);
  }

  explain(row: string): void {
    if (this.explained.length < SHOWN_MAX) this.explained.push(row);
  }

  /** One row a line: the statement selects the offending rows alone. */
  async addRows(client: pg.Client, what: string, sql: string, parameters: readonly unknown[] = []): Promise<void> {
    for await (const row of rowsOf<Record<string, unknown>>(client, sql, parameters)) {
      this.add(what, Object.entries(row).map(([name, value]) => `${name}=${String(value)}`).join(' '));
    }
  }
}

let cursorCount = 0;

/** The rows of a statement, fetched by and by through a cursor of the snapshot, so that no table is ever held in memory. */
export async function* rowsOf<T extends Record<string, unknown>>(client: pg.Client, sql: string, parameters: readonly unknown[] = []): AsyncGenerator<T> {
  cursorCount += 1;
  const cursor = `checker_${cursorCount}`;
  await client.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${sql}`, [...parameters]);
  for (;;) {
    const { rows } = await client.query<T>(`FETCH ${ROWS_PER_FETCH} FROM ${cursor}`);
    yield* rows;
    if (rows.length < ROWS_PER_FETCH) break;
  }
  // Not when the reader leaves early or the statement fails: then the transaction, which ends it too, is over.
  await client.query(`CLOSE ${cursor}`);
}

/** Counts each of these tables or conditions, as in `{ payouts: 'payouts.payout' }`. */
export async function counted(client: pg.Client, from: Readonly<Record<string, string>>): Promise<Looked> {
  const columns = Object.entries(from).map(([what, source]) => `(SELECT count(*) FROM ${source}) AS "${what}"`);
  const { rows } = await client.query<Record<string, string>>(`SELECT ${columns.join(', ')}`);
  return Object.fromEntries(Object.entries(rows[0] ?? {}).map(([what, count]) => [what, BigInt(count)]));
}

/** Why an invariant cannot be examined here; null when it can. */
export async function whyNotRun({ ours }: Books, { needs = [] }: Invariant): Promise<string | null> {
  const { rows } = await ours.query<{ name: string }>('SELECT name FROM unnest($1::text[]) AS name WHERE name NOT IN (SELECT nspname::text FROM pg_namespace)', [needs]);
  return rows.length === 0 ? null : `not installed: the schema of ${rows.map(({ name }) => name).join(', ')}`;
}
