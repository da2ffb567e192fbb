import { STATEMENT_ENTRIES_MAX, STATEMENT_TEXT_MAX, unreadable } from './bank-statement.ts';

const CONTROL_CHARACTER = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/;
const COLUMNS_MAX = 64;
/** Beside the entries: the block of headers and the line of titles. */
const OTHER_ROWS_MAX = 100;

/** RFC 4180: fields apart by commas, quoted where they hold one, a quote doubled inside; rows end with LF or CRLF. Empty rows count as none. */
export function csvRows(text: string): string[][] {
  const rows: string[][] = [];
  let row: string[] = [];
  let position = text.startsWith('\uFEFF') ? 1 : 0;
  const endRow = (): void => {
    if (row.length > 1 || row[0] !== '') rows.push(row);
    row = [];
    if (rows.length > STATEMENT_ENTRIES_MAX + OTHER_ROWS_MAX) throw unreadable('file', `holds at most ${STATEMENT_ENTRIES_MAX} entries`);
  };
  while (position < text.length) {
    const { field, end } = text[position] === '"' ? quotedField(text, position, rows.length) : plainField(text, position, rows.length);
    if (field.length > STATEMENT_TEXT_MAX) throw unreadable(`row[${rows.length}]`, `has fields of at most ${STATEMENT_TEXT_MAX} characters`);
    if (CONTROL_CHARACTER.test(field)) throw unreadable(`row[${rows.length}]`, 'has no control characters');
    row.push(field);
    if (row.length > COLUMNS_MAX) throw unreadable(`row[${rows.length}]`, `has at most ${COLUMNS_MAX} fields`);
    const next = text[end];
    position = end + 1;
    if (next === ',') {
      if (position === text.length) row.push('');
      continue;
    }
    if (next === '\r') position += 1;
    endRow();
  }
  if (row.length > 0) endRow();
  return rows;
}

interface ReadField {
  readonly field: string;
  /** Where the comma, the end of the row or the end of the text stands. */
  readonly end: number;
}

function plainField(text: string, start: number, row: number): ReadField {
  let end = start;
  while (end < text.length && text[end] !== ',' && text[end] !== '\n' && text[end] !== '\r') {
    if (text[end] === '"') throw unreadable(`row[${row}]`, 'has a quote only around a whole field');
    end += 1;
  }
  endsWell(text, end, row);
  return { field: text.slice(start, end).trim(), end };
}

function quotedField(text: string, start: number, row: number): ReadField {
  let field = '';
  let from = start + 1;
  for (;;) {
    const quote = text.indexOf('"', from);
    if (quote === -1) throw unreadable(`row[${row}]`, 'closes each quote that it opens');
    field += text.slice(from, quote);
    if (text[quote + 1] !== '"') {
      const end = quote + 1;
      endsWell(text, end, row);
      return { field: field.trim(), end };
    }
    field += '"';
    from = quote + 2;
  }
}

function endsWell(text: string, end: number, row: number): void {
  const next = text[end];
  const isEnd = next === undefined || next === ',' || next === '\n' || (next === '\r' && text[end + 1] === '\n');
  if (!isEnd) throw unreadable(`row[${row}]`, 'has a comma or the end of the row after each field');
}
