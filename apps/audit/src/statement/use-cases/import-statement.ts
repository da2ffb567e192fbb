import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { BusinessDate, Clock } from '@jinku/calendar';
import { entriesRecognisedV1, type RecognisedKind } from '@jinku/contracts';
import { invariant, type Violation } from '@jinku/errors';
import { Outbox, uuidv7 } from '@jinku/messaging';
import { AMOUNT_MINOR_MAX, formatAmount, sum } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import type { AuditedAccount } from '../../account/domain/audited-account.ts';
import { AccountRepository } from '../../account/persistence/account.repository.ts';
import { recogniser } from '../../recognition/domain/recognise-entry.ts';
import { EntryKind } from '../../recognition/domain/recognition-rule.ts';
import { RuleRepository } from '../../recognition/persistence/rule.repository.ts';
import type { BankStatement } from '../domain/bank-statement.ts';
import { faultsBetween, faultsWithin } from '../domain/check-statement.ts';
import { statementStates, type StatementState } from '../domain/statement-state.ts';
import { StatementRepository, type NewEntry, type NewStatement, type OriginalFile, type StatementFormat } from '../persistence/statement.repository.ts';

export interface ImportedFile {
  readonly accountId: string;
  readonly businessDate: BusinessDate;
  readonly format: StatementFormat;
  readonly file: Pick<OriginalFile, 'fileName' | 'content' | 'source'>;
  /** What was read out of the file, or why it could not be read. */
  readonly read: { readonly statement: BankStatement } | { readonly faults: readonly Violation[] };
}

export interface ImportAnswer {
  readonly id: string;
  readonly state: StatementState;
  readonly faults: readonly Violation[];
}

/** Kinds that nobody has booked yet. */
const TO_BOOK: ReadonlySet<EntryKind> = new Set<EntryKind>([EntryKind.INTEREST, EntryKind.CHARGE, EntryKind.UNKNOWN_CREDIT, EntryKind.UNKNOWN_DEBIT]);
const ENTRIES_PER_MESSAGE_MAX = 500;
const OTHER_DATE: Violation = { field: 'businessDate', rule: 'is the date that was asked for' };

/**
 * All of a statement or nothing: it counts when it adds up by itself, follows on from its neighbours and brings no entry twice; otherwise it is kept
 * whole in quarantine and nothing of it is booked. The same bytes again are the same statement: one in quarantine is judged anew.
 */
@Injectable()
export class ImportStatement {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly statements: StatementRepository,
    private readonly rules: RuleRepository,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(tx: Tx, given: ImportedFile): Promise<ImportAnswer> {
    const account = await this.accounts.lock(tx, given.accountId);
    invariant(account !== null, 'a statement is imported for an account of the register');
    const sha256 = createHash('sha256').update(given.file.content).digest();
    const known = await this.statements.findByFile(tx, sha256);
    // A bank that gives the file of another date once more has not given this one.
    if (known !== null && known.businessDate !== given.businessDate) return { id: known.id, state: known.state, faults: [OTHER_DATE] };
    if (known !== null && !statementStates.canMove(known.state, 'release')) return { id: known.id, state: known.state, faults: [] };
    const faults = await this.faultsOf(tx, given);
    const state = faults.length === 0 ? 'ACCEPTED' : 'QUARANTINED';
    const at = this.clock.now();
    const id = known?.id ?? uuidv7();
    // The file's own row is taken out of quarantine before the others of its date are replaced.
    if (known !== null) await this.statements.move(tx, id, { from: 'QUARANTINED', to: state, faults, at });
    else {
      const fileId = uuidv7();
      await this.statements.insertFile(tx, { id: fileId, sha256, ...given.file }, at);
      await this.statements.insert(tx, { id, fileId, ...given, state, figures: 'statement' in given.read ? figuresOf(given.read.statement) : null, faults, at });
    }
    if (state === 'ACCEPTED' && 'statement' in given.read) await this.accept(tx, { id, account, given, entries: given.read.statement.entries });
    return { id, state, faults };
  }

  private async faultsOf(tx: Tx, { accountId, businessDate, read }: ImportedFile): Promise<readonly Violation[]> {
    if ('faults' in read) return read.faults;
    const { statement } = read;
    const { isTaken, ...neighbours } = await this.statements.neighbours(tx, { accountId, businessDate });
    const seen = await this.statements.findKnownReferences(tx, accountId, statement.entries.map(({ bankReference }) => bankReference));
    return [
      ...faultsWithin(statement, businessDate),
      ...faultsBetween(statement, neighbours),
      ...(isTaken ? [{ field: 'businessDate', rule: 'has no other statement that was accepted' }] : []),
      ...seen.map((bankReference) => ({ field: `entries[${statement.entries.findIndex((entry) => entry.bankReference === bankReference)}].bankReference`, rule: 'was in no statement before' })),
    ];
  }

  private async accept(tx: Tx, { id, account, given, entries }: { id: string; account: AuditedAccount; given: ImportedFile; entries: BankStatement['entries'] }): Promise<void> {
    const { accountId, businessDate } = given;
    await this.statements.replaceQuarantined(tx, { accountId, businessDate });
    if (entries.length === 0) return;
    const recognise = recogniser(await this.rules.listNewest(tx), account.accountClass);
    // Ids of one moment come in any order: sorted, they keep the order of the statement.
    const ids = entries.map(() => uuidv7()).sort();
    const recognised = entries.map((entry, index): NewEntry => ({ ...entry, ...recognise(entry), id: ids[index] ?? uuidv7() }));
    await this.statements.insertEntries(tx, { statementId: id, accountId, businessDate, entries: recognised });
    await this.tell(tx, { statementId: id, accountId, entries: recognised.filter(({ kind }) => TO_BOOK.has(kind)) });
  }

  private async tell(tx: Tx, { statementId, accountId, entries }: { statementId: string; accountId: string; entries: readonly NewEntry[] }): Promise<void> {
    for (let from = 0; from < entries.length; from += ENTRIES_PER_MESSAGE_MAX) {
      await this.outbox.add(tx, entriesRecognisedV1, {
        accountId,
        statementId,
        entries: entries.slice(from, from + ENTRIES_PER_MESSAGE_MAX).map(({ id: entryId, kind, amount, valueDate, bankReference }) => ({
          entryId,
          kind: kind as RecognisedKind,
          amount: formatAmount(amount),
          valueDate,
          bankReference,
        })),
        recognisedAt: this.clock.now().toISOString(),
      });
    }
  }
}

/** Null for sums that no column holds: such a statement is in quarantine. */
function figuresOf({ opening, closing, entries }: BankStatement): NewStatement['figures'] {
  const amounts = entries.map(({ amount }) => amount);
  const creditTotal = sum(amounts.filter((amount) => amount > 0n));
  const debitTotal = -sum(amounts.filter((amount) => amount < 0n));
  return creditTotal > AMOUNT_MINOR_MAX || debitTotal > AMOUNT_MINOR_MAX ? null : { opening, closing, creditTotal, debitTotal, entryCount: entries.length };
}
