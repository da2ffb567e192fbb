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
  const isInUtf8 = (bank === 'alpha') !== (fault === 'WRONG_ENCODING');
  const text = bank === 'alpha' ? camt053(printed) : bankCsv(printed);
  const bytes = isInUtf8 ? Buffer.from(text, 'utf8') : gb18030(text);
  const fileName = bank === 'alpha' ? `camt.053_${accountNumber}_${date}.xml` : `mingxi_${accountNumber}_${date}.csv`;
  return { fileName, bytes: fault === 'TRUNCATED' ? bytes.subarray(0, Math.floor((bytes.length * 2) / 3)) : bytes };
}
