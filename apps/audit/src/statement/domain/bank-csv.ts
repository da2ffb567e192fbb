import type { BusinessDate } from '@jinku/calendar';
import { parseBankAmount } from './bank-amount.ts';
import { bankDate, unreadable, type BankStatement, type StatementEntry } from './bank-statement.ts';
import type { ColumnMapping } from './column-mapping.ts';
import { csvRows } from './csv-rows.ts';

type Header = keyof ColumnMapping['header'];
type Column = keyof ColumnMapping['columns'];
type CellOf = (column: Column) => string;

/** A bank's CSV export: a block of labels and values, a line of titles, then one line an entry. The mapping says what is called how. */
export function parseBankCsv(bytes: Uint8Array, mapping: ColumnMapping): BankStatement {
  const rows = csvRows(textOf(bytes, mapping));
  const titles = Object.values(mapping.columns).filter((title) => title !== undefined);
  const titleRow = rows.findIndex((row) => titles.every((title) => row.includes(title)));
  if (titleRow === -1) throw unreadable('file', `has a line with the titles ${titles.join(', ')}`);
  const labels = labelledValues(rows.slice(0, titleRow));
  const entries = entriesOf(rows.slice(titleRow), mapping);
  const amountOf = (name: Header): bigint => signedAmount(required(labels, mapping, name)) ?? refuse(labelOf(mapping, name), 'is an amount');
  const dateLabel = mapping.header.businessDate;
  const dateText = dateLabel === undefined ? undefined : labels.get(dateLabel);
  const [first] = entries;
  return {
    accountNumber: required(labels, mapping, 'accountNumber'),
    businessDate: dateText === undefined ? (first?.valueDate ?? null) : (dateOf(dateText) ?? refuse(labelOf(mapping, 'businessDate'), 'is a date')),
    opening: amountOf('opening'),
    closing: amountOf('closing'),
    control: {
      ...(mapping.header.creditTotal === undefined ? {} : { credit: amountOf('creditTotal') }),
      ...(mapping.header.debitTotal === undefined ? {} : { debit: amountOf('debitTotal') }),
      ...(mapping.header.entryCount === undefined ? {} : { count: countOf(required(labels, mapping, 'entryCount')) ?? refuse(labelOf(mapping, 'entryCount'), 'is a number of entries') }),
    },
    entries,
  };
}

/** Wrong bytes are an error, never a replacement character; right bytes of another encoding show no titles. */
function textOf(bytes: Uint8Array, { encoding }: ColumnMapping): string {
  try {
    return new TextDecoder(encoding, { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('file', `is encoded in ${encoding.toUpperCase()}`);
  }
}

/** Labels may end with a colon of either width. One that is there twice is no label to rely on. */
function labelledValues(rows: readonly string[][]): Map<string, string> {
  const values = new Map<string, string>();
  for (const row of rows) {
    for (let cell = 0; cell + 1 < row.length; cell += 2) {
      const label = (row[cell] ?? '').replace(/[:：]$/, '').trim();
      if (label === '') continue;
      if (values.has(label)) throw unreadable(label, 'is there once');
      values.set(label, row[cell + 1] ?? '');
    }
  }
  return values;
}

function required(labels: ReadonlyMap<string, string>, mapping: ColumnMapping, name: Header): string {
  const value = labels.get(labelOf(mapping, name)) ?? '';
  return value === '' ? refuse(labelOf(mapping, name), 'is in the block above the entries') : value;
}

function labelOf(mapping: ColumnMapping, name: Header): string {
  return mapping.header[name] ?? name;
}

function entriesOf([titles = [], ...rows]: readonly string[][], mapping: ColumnMapping): StatementEntry[] {
  const places = new Map<Column, number>();
  for (const [column, title] of Object.entries(mapping.columns) as [Column, string][]) {
    if (titles.indexOf(title) !== titles.lastIndexOf(title)) throw unreadable(title, 'is the title of one column');
    places.set(column, titles.indexOf(title));
  }
  return rows.map((row, index) => {
    if (row.length !== titles.length) throw unreadable(`row[${index}]`, `has ${titles.length} fields, as many as there are titles`);
    return entryOf((column) => row[places.get(column) ?? -1] ?? '', { mapping, place: `row[${index}]` });
  });
}

function entryOf(cell: CellOf, { mapping, place }: { mapping: ColumnMapping; place: string }): StatementEntry {
  const { columns } = mapping;
  const [debit, credit] = [sideOf(cell('debit'), `${place}.${columns.debit}`), sideOf(cell('credit'), `${place}.${columns.credit}`)];
  if ((debit === 0n) === (credit === 0n)) throw unreadable(place, `has an amount in ${columns.debit} or in ${columns.credit}, not in both`);
  const optional = (column: Column): string | null => (cell(column) === '' ? null : cell(column));
  const balance = optional('balance');
  const purpose = optional('purpose');
  return {
    amount: credit - debit,
    valueDate: dateOf(cell('date')) ?? refuse(`${place}.${columns.date}`, 'is a date'),
    bankReference: optional('bankReference') ?? refuse(`${place}.${columns.bankReference}`, 'is there'),
    reference: optional('reference') ?? referenceIn(purpose, mapping),
    counterpartyNumber: optional('counterpartyNumber'),
    counterpartyName: optional('counterpartyName'),
    purpose,
    code: mapping.isCodeInPurpose ? (/^[A-Z_]+(?= |$)/.exec(purpose ?? '')?.[0] ?? null) : null,
    balanceAfter: balance === null ? null : (signedAmount(balance) ?? refuse(`${place}.${columns.balance ?? ''}`, 'is an amount')),
  };
}

/** An empty cell is the other direction's line. */
function sideOf(text: string, place: string): bigint {
  return text === '' ? 0n : (parseBankAmount(text) ?? refuse(place, 'is an amount of yuan with at most two places'));
}

function signedAmount(text: string): bigint | null {
  const amount = parseBankAmount(text.startsWith('-') ? text.slice(1) : text);
  return amount !== null && text.startsWith('-') ? -amount : amount;
}

function countOf(text: string): number | null {
  return /^\d{1,7}$/.test(text) ? Number(text) : null;
}

/** `2026-11-20`, `20261120` or `2026/11/20`. */
function dateOf(text: string): BusinessDate | null {
  return bankDate(/^\d{8}$/.test(text) ? `${text.slice(0, 4)}-${text.slice(4, 6)}-${text.slice(6)}` : text.replaceAll('/', '-'));
}

function referenceIn(purpose: string | null, { referenceLength }: ColumnMapping): string | null {
  if (purpose === null || referenceLength === undefined) return null;
  return purpose.match(/[A-Z0-9]+/g)?.find((word) => word.length === referenceLength) ?? null;
}

function refuse(field: string, rule: string): never {
  throw unreadable(field, rule);
}
