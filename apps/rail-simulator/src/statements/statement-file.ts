import type { StatementFault } from '../banks/bank-fault-plan.ts';
import { bankCsv } from './bank-csv.ts';
import { camt053 } from './camt053.ts';
import { gb18030 } from './gb18030.ts';
import { misprinted, type Statement } from './statement.ts';

export interface StatementFile {
  readonly fileName: string;
  readonly bytes: Buffer;
}

/** The file that the bank makes of a statement, with what a fault does to it. */
export function statementFile(statement: Statement, fault: StatementFault | null): StatementFile {
  const printed = misprinted(statement, fault);
  const { bank, accountNumber, date } = statement;
  const isSwapped = fault === 'WRONG_ENCODING';
  if (bank === 'alpha') {
    const text = camt053(printed);
    return { fileName: `camt.053_${accountNumber}_${date}.xml`, bytes: isSwapped ? gb18030(text) : Buffer.from(text, 'utf8') };
  }
  const text = bankCsv(printed);
  return { fileName: `mingxi_${accountNumber}_${date}.csv`, bytes: isSwapped ? Buffer.from(text, 'utf8') : gb18030(text) };
}
