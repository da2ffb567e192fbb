import { Refusal } from '../commands/refusal.ts';

export interface CsvRow {
  /** As an editor counts it, from 1. */
  readonly line: number;
  readonly values: Readonly<Record<string, string>>;
}

/** Reads a table whose first line names its columns; a value may stand in double quotes, and must when it has a comma in it. */
export function parseCsv(text: string, { file, columns }: { file: string; columns: readonly string[] }): CsvRow[] {
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/);
  const header = valuesOf(lines[0] ?? '');
  const missing = columns.find((column) => !header.includes(column));
  if (missing !== undefined) throw new Refusal(`${file} line 1: ${missing} is a column that every file of this kind has`);
  const stray = header.find((column) => !columns.includes(column));
  if (stray !== undefined) throw new Refusal(`${file} line 1: ${stray} is no column; there are ${columns.join(', ')}`);
  const rows: CsvRow[] = [];
  lines.forEach((line, index) => {
    if (index === 0 || line.trim() === '') return;
    const values = valuesOf(line);
    if (values.length !== header.length) {
      throw new Refusal(`${file} line ${index + 1}: the row has ${header.length} values, as the first line does; this one has ${values.length}`);
    }
    rows.push({ line: index + 1, values: Object.fromEntries(header.map((column, at) => [column, values[at] ?? ''])) });
  });
  return rows;
}

/** A comma with an even number of quotes after it. */
const SEPARATOR = /,(?=(?:[^"]*"[^"]*")*[^"]*$)/;
const QUOTED = /^"((?:[^"]|"")*)"$/;

function valuesOf(line: string): string[] {
  return line.split(SEPARATOR).map((value) => QUOTED.exec(value)?.[1]?.replaceAll('""', '"') ?? value.trim());
}
