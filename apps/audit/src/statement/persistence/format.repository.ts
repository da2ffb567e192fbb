import { Injectable } from '@nestjs/common';
import type { Queryable } from '@jinku/persistence';
import type { BankStatement } from '../domain/bank-statement.ts';
import { parseBankCsv } from '../domain/bank-csv.ts';
import { parseCamt053 } from '../domain/camt053.ts';
import { columnMapping } from '../domain/column-mapping.ts';

/** How the files of one connector type are read. */
export interface StatementReader {
  readonly format: 'CAMT_053' | 'BANK_CSV';
  /** Throws `UnreadableStatement`. */
  readonly parse: (bytes: Uint8Array) => BankStatement;
}

@Injectable()
export class FormatRepository {
  async find(database: Queryable, connectorType: string): Promise<StatementReader | null> {
    const [row] = await database.query<{ format: 'CAMT_053' | 'BANK_CSV'; mapping: unknown }>('SELECT format, mapping FROM statement_format WHERE connector_type = $1', [connectorType]);
    if (row === undefined) return null;
    if (row.format === 'CAMT_053') return { format: row.format, parse: parseCamt053 };
    const mapping = columnMapping.parse(row.mapping);
    return { format: row.format, parse: (bytes) => parseBankCsv(bytes, mapping) };
  }
}
