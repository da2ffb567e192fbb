import { Injectable } from '@nestjs/common';
import type { BusinessDate } from '@jinku/calendar';
import { Database, type Tx } from '@jinku/persistence';
import { AuditTrail, type Actor } from '@jinku/service';
import { AccountRepository } from '../../account/persistence/account.repository.ts';
import { UnreadableStatement, type BankStatement } from '../domain/bank-statement.ts';
import { STATEMENT_REFUSALS } from '../domain/statement-refusals.ts';
import { FormatRepository } from '../persistence/format.repository.ts';
import { ImportStatement, type ImportAnswer, type ImportedFile } from './import-statement.ts';

export interface UploadedFile {
  readonly connectorType: string;
  readonly fileName: string;
  readonly content: Buffer;
  /** For formats that do not say it. */
  readonly businessDate?: BusinessDate | undefined;
}

/** A person brings a statement. What cannot be read is refused with each place and rule; what can be read but does not add up is kept in quarantine. */
@Injectable()
export class UploadStatement {
  constructor(
    private readonly database: Database,
    private readonly formats: FormatRepository,
    private readonly accounts: AccountRepository,
    private readonly importStatement: ImportStatement,
    private readonly audit: AuditTrail,
  ) {}

  /** Before any transaction: reading takes time. */
  async read({ connectorType, fileName, content, businessDate }: UploadedFile): Promise<ImportedFile> {
    const reader = await this.formats.find(this.database, connectorType);
    if (reader === null) throw STATEMENT_REFUSALS.UNKNOWN_STATEMENT_FORMAT({ violations: [{ field: 'connectorType', rule: 'is a connector type whose statements are known' }] });
    const statement = readable(() => reader.parse(content));
    const date = businessDate ?? statement.businessDate;
    if (date === null) throw STATEMENT_REFUSALS.STATEMENT_WITHOUT_DATE({ violations: [{ field: 'businessDate', rule: 'is given where the file has none' }] });
    const account = await this.accounts.findByNumber(this.database, { accountNumber: statement.accountNumber, connectorType });
    if (account === null) throw STATEMENT_REFUSALS.ACCOUNT_NOT_REGISTERED({ violations: [{ field: 'content', rule: 'is of a registered account' }] });
    return { accountId: account.id, businessDate: date, format: reader.format, file: { fileName, content, source: 'UPLOAD' }, read: { statement } };
  }

  async execute(tx: Tx, file: ImportedFile, actor: Actor): Promise<ImportAnswer> {
    const answer = await this.importStatement.execute(tx, file);
    await this.audit.record(tx, { actor, action: 'audit.upload-statement', subject: `statement:${answer.id}`, after: { state: answer.state, businessDate: file.businessDate } });
    return answer;
  }
}

function readable(parse: () => BankStatement): BankStatement {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof UnreadableStatement)) throw error;
    throw STATEMENT_REFUSALS.STATEMENT_UNREADABLE({ detail: error.message, violations: error.violations.map(({ field, rule }) => ({ field: `content.${field}`, rule })), cause: error });
  }
}
