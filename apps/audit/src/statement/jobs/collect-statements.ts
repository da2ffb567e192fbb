import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { addDays, businessDate, businessDateOf, type BusinessDate, type Clock } from '@jinku/calendar';
import type { AccountMovement, MovementRail } from '@jinku/connectors';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { hasStatements, type AuditedAccount } from '../../account/domain/audited-account.ts';
import { AccountRepository } from '../../account/persistence/account.repository.ts';
import { AUDIT_CONFIG, type AuditConfig } from '../../config.ts';
import { AUDIT_RAILS, type AuditRails } from '../../rails.ts';
import { UnreadableStatement, STATEMENT_ENTRIES_MAX, STATEMENT_BYTES_MAX } from '../domain/bank-statement.ts';
import { fileOfMovements, statementOfMovements } from '../domain/statement-of-movements.ts';
import { FormatRepository, type StatementReader } from '../persistence/format.repository.ts';
import { StatementRepository } from '../persistence/statement.repository.ts';
import { ImportStatement, type ImportedFile } from '../use-cases/import-statement.ts';

const NOT_THERE = 'NOT_THERE';

/** Asks for each statement of the last days that does not count yet, the oldest first. What is not there yet is asked for again at the next look. */
@Injectable()
export class CollectStatements implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly doorbells: Doorbells,
    private readonly accounts: AccountRepository,
    private readonly statements: StatementRepository,
    private readonly formats: FormatRepository,
    private readonly importStatement: ImportStatement,
    @Inject(AUDIT_RAILS) private readonly rails: AuditRails,
    @Inject(AUDIT_CONFIG) private readonly config: AuditConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: 'audit.collect', sweepEveryMs: this.config.collectMs, run: () => this.run() });
  }

  async run(): Promise<void> {
    const until = addDays(businessDateOf(this.clock.now()), -1);
    const from = addDays(until, 1 - this.config.daysBack);
    for (const account of (await this.accounts.list(this.database)).filter(hasStatements)) {
      for (const date of await this.statements.missingDates(this.database, { accountId: account.id, from, until })) {
        // A later statement follows on from this one: it is not asked for before, unless the bank says that there is none.
        if (!(await this.collect(account, businessDate(date)))) break;
      }
    }
  }

  /** Whether the next date may be asked for: this one has a statement that counts, or none at the bank. */
  private async collect(account: AuditedAccount, date: BusinessDate): Promise<boolean> {
    const file = account.accountClass === 'CENTRAL_RESERVE' ? await this.movementsOf(account, date) : await this.statementOf(account, date);
    if (file === NOT_THERE) return true;
    if (file === null) return false;
    const { id, state, faults } = await this.database.transaction((tx) => this.importStatement.execute(tx, file));
    const place = { statementId: id, accountId: account.id, businessDate: date };
    if (faults.length > 0) {
      this.log.warn(state === 'QUARANTINED' ? 'statement-quarantined' : 'statement-repeated', { ...place, faults });
      return false;
    }
    this.log.info('statement-accepted', place);
    this.doorbells.ring('audit.check');
    return true;
  }

  private async statementOf({ id: accountId, accountNumber, connectorType }: AuditedAccount, date: BusinessDate): Promise<ImportedFile | typeof NOT_THERE | null> {
    const rail = connectorType === null ? undefined : this.rails.statements.get(connectorType);
    const reader = connectorType === null ? null : await this.formats.find(this.database, connectorType);
    if (rail === undefined || reader === null) return null;
    const { outcome, fileName, bytes, detail } = await rail.fetchStatement(accountNumber, date, { timeoutMs: this.config.callTimeoutMs });
    // Of the days before an account was opened there is never one; of a day that has just ended there is none yet.
    if (outcome === 'NOT_FOUND') return NOT_THERE;
    if (outcome !== 'SUCCEEDED' || bytes === null || bytes.length === 0 || bytes.length > STATEMENT_BYTES_MAX) {
      this.log.warn('statement-not-read', { accountId, businessDate: date, detail, bytes: bytes?.length ?? 0 });
      return null;
    }
    const file = { fileName: fileName ?? `${date}`, content: bytes, source: 'RAIL' as const };
    return { accountId, businessDate: date, format: reader.format, file, read: readOf(reader, { bytes, accountNumber }) };
  }

  private async movementsOf({ id: accountId, accountNumber }: AuditedAccount, date: BusinessDate): Promise<ImportedFile | null> {
    if (this.rails.movements === null) return null;
    const read = await this.readMovements(this.rails.movements, { accountNumber, date });
    if (read === null) return null;
    const content = fileOfMovements(accountNumber, read);
    const file = { fileName: `movements-${date}.json`, content, source: 'RAIL' as const };
    return { accountId, businessDate: date, format: 'MOVEMENTS', file, read: { statement: statementOfMovements(accountNumber, read) } };
  }

  private async readMovements(rail: MovementRail, { accountNumber, date }: { accountNumber: string; date: BusinessDate }): Promise<Parameters<typeof fileOfMovements>[1] | null> {
    const movements: AccountMovement[] = [];
    let cursor: string | null = null;
    do {
      const page = await rail.readMovements(accountNumber, date, cursor, { timeoutMs: this.config.callTimeoutMs });
      if (page.outcome !== 'SUCCEEDED' || page.totals === null) {
        this.log.warn('movements-not-read', { businessDate: date, detail: page.detail });
        return null;
      }
      movements.push(...page.movements);
      if (!page.totals.isClosed) return null;
      if (page.cursor === null) return { date, movements, totals: page.totals };
      cursor = page.cursor;
    } while (movements.length <= STATEMENT_ENTRIES_MAX);
    this.log.warn('movements-not-read', { businessDate: date, detail: 'MORE_THAN_ONE_DAY_CAN_HOLD' });
    return null;
  }
}

/** What a bank gave and nobody can read is kept in quarantine: there is no one at the door to be told. */
function readOf(reader: StatementReader, { bytes, accountNumber }: { bytes: Buffer; accountNumber: string }): ImportedFile['read'] {
  try {
    const statement = reader.parse(bytes);
    return statement.accountNumber === accountNumber ? { statement } : { faults: [{ field: 'accountNumber', rule: 'is that of the account that was asked for' }] };
  } catch (error) {
    if (!(error instanceof UnreadableStatement)) throw error;
    return { faults: error.violations };
  }
}
