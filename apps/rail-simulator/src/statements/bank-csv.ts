import { wireAmount } from '../netsunion/amount.ts';
import type { Statement, StatementEntry } from './statement.ts';

const COLUMNS = ['交易日期', '交易时间', '借方金额', '贷方金额', '余额', '对方账号', '对方户名', '流水号', '摘要'];
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** The text of bank beta's statement, as docs/rails/banks.md lays it out. */
export function bankCsv(statement: Statement): string {
  const { accountNumber, accountName, date, entries } = statement;
  const rows: (readonly string[])[] = [
    ['账号', accountNumber],
    ['户名', accountName],
    ['交易日期', date],
    ['期初余额', wireAmount(statement.openingMinor)],
    ['期末余额', wireAmount(statement.closingMinor)],
    ['借方合计', wireAmount(statement.debitMinor)],
    ['贷方合计', wireAmount(statement.creditMinor)],
    ['笔数', String(statement.count)],
    [],
    COLUMNS,
    ...entries.map((entry) => entryRow(entry, date)),
  ];
  return rows.map((row) => `${row.map(quoted).join(',')}\r\n`).join('');
}

function entryRow(entry: StatementEntry, date: string): readonly string[] {
  const { direction, amountMinor, balanceAfterMinor, kind, purpose, endToEnd, occurredAt } = entry;
  const time = new Date(occurredAt.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(11, 19);
  const amount = wireAmount(amountMinor);
  const summary = [kind, purpose, endToEnd].filter((part) => part !== null).join(' ');
  const amounts = direction === 'DEBIT' ? [amount, ''] : ['', amount];
  const counterparty = [entry.counterpartyAccount ?? '', entry.counterpartyName ?? ''];
  return [date, time, ...amounts, wireAmount(balanceAfterMinor), ...counterparty, entry.bankReference, summary];
}

function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field;
}
