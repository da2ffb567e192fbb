import { invalidRequest, type Violation } from '@jinku/errors';
import { CsvRecords } from './csv-records.ts';
import { PAYOUT_REFUSALS } from './payout-refusals.ts';

export const FILE_ROWS_MAX = 10_000;
/** What the decoder says of bytes that are no UTF-8. */
const NOT_UTF_8 = 'ERR_ENCODING_INVALID_ENCODED_DATA';
const CELL_CHARACTERS_MAX = 1_000;
/** A header longer than this is no header. */
const COLUMNS_MAX = 64;

/** Each column and where its value stands in a request. */
const PLACES: Readonly<Record<string, readonly string[]>> = {
  requestId: ['requestId'],
  merchantId: ['merchantId'],
  businessLine: ['businessLine'],
  amount: ['amount'],
  accountNumber: ['payee', 'accountNumber'],
  accountName: ['payee', 'accountName'],
  bankCode: ['payee', 'bankCode'],
  purpose: ['purpose'],
  instructionReference: ['instructionReference'],
  currency: ['currency'],
  payeeCategory: ['payeeCategory'],
  latestBy: ['latestBy'],
};
/** Left out, or empty in a row, as good as not said. */
const OPTIONAL: ReadonlySet<string> = new Set(['currency', 'payeeCategory', 'latestBy']);

/** A row as a payout request; the header is row 1. */
export interface FileRow {
  readonly row: number;
  /** As it stands in the file; null where the row has another number of values than the header. */
  readonly given: Readonly<Record<string, unknown>> | null;
}

/** Reads a file of payout requests piece by piece. A file that is wrong as a whole is refused as a whole, by throwing the refusal. */
export class PayoutFile {
  readonly #decoder = new TextDecoder('utf-8', { fatal: true });
  readonly #records = new CsvRecords({ cellCharactersMax: CELL_CHARACTERS_MAX, cellsMax: COLUMNS_MAX });
  readonly #rows: FileRow[] = [];
  #columns: readonly string[] | null = null;
  #row = 0;

  push(bytes: Uint8Array): void {
    this.#take(this.#records.push(this.#text(bytes)));
  }

  end(): readonly FileRow[] {
    this.#take(this.#records.push(this.#text(null)));
    this.#take(this.#records.end());
    if (this.#columns === null) throw invalidRequest([{ field: 'body', rule: 'has a header' }]);
    if (this.#rows.length === 0) throw invalidRequest([{ field: 'body', rule: 'has at least one row below its header' }]);
    return this.#rows;
  }

  #text(bytes: Uint8Array | null): string {
    try {
      return bytes === null ? this.#decoder.decode() : this.#decoder.decode(bytes, { stream: true });
    } catch (error) {
      if ((error as { code?: unknown }).code === NOT_UTF_8) throw invalidRequest([{ field: 'body', rule: 'is text in UTF-8' }]);
      throw error;
    }
  }

  #take(records: readonly (readonly string[])[]): void {
    for (const cells of records) {
      this.#row += 1;
      if (this.#columns === null) this.#columns = columnsOf(cells);
      // An empty line, such as the last one.
      else if (cells.length === 1 && cells[0] === '') continue;
      else if (this.#rows.length >= FILE_ROWS_MAX) throw PAYOUT_REFUSALS.FILE_TOO_LONG({ violations: [{ field: 'body', rule: `has at most ${FILE_ROWS_MAX} rows below its header` }] });
      else this.#rows.push({ row: this.#row, given: requestOf(this.#columns, cells) });
    }
  }
}

/** Names the columns of a broken rule instead of the fields of a request. */
export function columnsOfViolations(violations: readonly Violation[]): Violation[] {
  const columns = new Map(Object.entries(PLACES).map(([column, place]) => [place.join('.'), column]));
  return violations.map(({ field, rule }) => ({ field: columns.get(field) ?? field, rule }));
}

function columnsOf(header: readonly string[]): readonly string[] {
  const violations: Violation[] = header
    .filter((column) => !Object.hasOwn(PLACES, column))
    .map((column) => ({ field: `header.${column.slice(0, 40)}`, rule: `is one of ${Object.keys(PLACES).join(', ')}` }));
  for (const column of Object.keys(PLACES)) {
    const count = header.filter((one) => one === column).length;
    if (count > 1 || (count === 0 && !OPTIONAL.has(column))) violations.push({ field: `header.${column}`, rule: 'is a column, once' });
  }
  if (violations.length > 0) throw invalidRequest(violations);
  return header;
}

function requestOf(columns: readonly string[], cells: readonly string[]): Record<string, unknown> | null {
  if (cells.length !== columns.length) return null;
  const payee: Record<string, string> = {};
  const request: Record<string, unknown> = { currency: 'CNY', payee };
  columns.forEach((column, at) => {
    const value = cells[at] ?? '';
    if (value === '' && OPTIONAL.has(column)) return;
    const [first = '', second] = PLACES[column] ?? [];
    if (second === undefined) request[first] = value;
    else payee[second] = value;
  });
  return request;
}
