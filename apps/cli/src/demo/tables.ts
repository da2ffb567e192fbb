import { formatAmount, parseAmount } from '@jinku/money';
import type { TrialBalance } from './institution.ts';

interface LineFate {
  readonly line: string;
  readonly state: string;
  readonly amount: string;
}

/** Payouts by business line and outcome, with what was asked for and what was paid. */
export function payoutTable(fates: readonly LineFate[]): string {
  const states = [...new Set(fates.map(({ state }) => state))].sort();
  const rowOf = (name: string, own: readonly LineFate[]): string[] => [
    name,
    ...states.map((state) => String(own.filter((fate) => fate.state === state).length)),
    sumOf(own),
    sumOf(own.filter(({ state }) => state === 'SUCCEEDED')),
  ];
  const lines = [...Map.groupBy(fates, ({ line }) => line)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([line, own]) => rowOf(line, own));
  return table([['Business line', ...states, 'asked for, CNY', 'paid, CNY'], ...lines, rowOf('total', fates)]);
}

/** The accounts that anything was posted to, and the sums, which are equal in each unit. */
export function trialBalanceTable({ lines, sums }: TrialBalance): string {
  const moved = lines.filter(({ debitTotal, creditTotal }) => debitTotal !== '0.00' || creditTotal !== '0.00');
  return table([
    ['Account', 'unit', 'debit', 'credit', 'balance', ''],
    ...moved.map(({ code, unit, debitTotal, creditTotal, balance, name }) => [code, unit, debitTotal, creditTotal, balance, name]),
    ...sums.map(({ unit, debit, credit }) => ['sum', unit, debit, credit, '', '']),
  ]);
}

export function isBalanced({ sums }: TrialBalance): boolean {
  return sums.every(({ debit, credit }) => debit === credit);
}

function sumOf(fates: readonly LineFate[]): string {
  return formatAmount(fates.reduce((sum, { amount }) => sum + (parseAmount(amount) ?? 0n), 0n));
}

const NUMBER = /^-?\d+(\.\d+)?$/;

export function table(rows: readonly (readonly string[])[]): string {
  const [header = []] = rows;
  const widths = header.map((_, column) => Math.max(...rows.map((row) => shownWidth(row[column] ?? ''))));
  const isNumeric = header.map((_, column) => rows.slice(1).every((row) => row[column] === '' || NUMBER.test(row[column] ?? '')));
  const cell = (text: string, column: number): string => {
    const filling = ' '.repeat(Math.max(0, (widths[column] ?? 0) - shownWidth(text)));
    return isNumeric[column] === true ? `${filling}${text}` : `${text}${filling}`;
  };
  return rows.map((row) => `  ${row.map(cell).join('  ').trimEnd()}`).join('\n');
}

const WIDE = /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe4f\uff00-\uff60\uffe0-\uffe6]/gu;

/** The columns of a terminal that a text takes: a Chinese character takes two. */
function shownWidth(text: string): number {
  return text.length + (text.match(WIDE)?.length ?? 0);
}
