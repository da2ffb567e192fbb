import { createHash } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { BusinessDate } from '@jinku/calendar';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { canonicalJson } from '@jinku/service';
import type { AuditedAccount } from '../../account/domain/audited-account.ts';
import { LedgerBooks } from '../../books/ledger-books.ts';
import { checkAccount } from '../domain/check-account.ts';
import { compared, notRun, type CheckResult } from '../domain/check-result.ts';
import { CheckRepository } from '../persistence/check.repository.ts';
import { ReadAccountSides, type StatementOn } from '../queries/read-account-sides.ts';

/** Checks A3, A4 and A5 of one account and date. */
@Injectable()
export class CheckAccounts {
  constructor(
    private readonly sides: ReadAccountSides,
    private readonly books: LedgerBooks,
    private readonly database: Database,
    private readonly checks: CheckRepository,
  ) {}

  async continuity({ id }: AuditedAccount, date: BusinessDate): Promise<CheckResult> {
    const place = { check: 'A3' as const, subject: id };
    const statement = await this.sides.statementOn(id, date);
    if (statement === null) return notRun(place, 'NO_STATEMENT');
    const { opening, closing, creditTotal, debitTotal, previousClosing, sha256, faults } = statement;
    const text = (amount: bigint | null): string => (amount === null ? 'none' : formatAmount(amount));
    return compared(place, {
      left: { previousClosing: text(previousClosing), openingAndEntries: opening === null || creditTotal === null || debitTotal === null ? 'none' : formatAmount(opening + creditTotal - debitTotal) },
      right: { opening: text(opening), closing: text(closing) },
      inputs: { statement: sha256, state: statement.state, previousClosing: text(previousClosing) },
      breaks: faults.map(({ field, rule }) => ({
        key: `${id}:${date}:${field}`,
        kind: field.endsWith('bankReference') ? 'DUPLICATE' : 'AMOUNT',
        reference: field,
        amount: 0n,
        evidence: { file: sha256, field, rule },
      })),
    });
  }

  async bookToBank(account: AuditedAccount, { date, codes }: { date: BusinessDate; codes: ReadonlyMap<string, string> | null }): Promise<CheckResult> {
    const isReserve = account.accountClass === 'CENTRAL_RESERVE';
    const place = { check: isReserve ? ('A5' as const) : ('A4' as const), subject: account.id };
    const statement = await this.sides.statementOn(account.id, date);
    if (statement === null || !isWhole(statement)) return notRun(place, statement === null ? 'NO_STATEMENT' : 'STATEMENT_IN_QUARANTINE');
    if (codes === null) return notRun(place, 'LEDGER_DID_NOT_ANSWER');
    const code = codes.get(account.id);
    if (code === undefined) return notRun(place, 'NO_INTERNAL_ACCOUNT');
    const book = await this.books.balanceOn(code, date);
    if (book === null) return notRun(place, 'LEDGER_DID_NOT_ANSWER');
    const outstanding = await this.sides.outstanding(account.id, { date, isReserve });
    const unknown = await this.sides.unknown(account.id, { check: place.check, date });
    const digest = createHash('sha256').update(canonicalJson(JSON.parse(asText([outstanding, unknown])))).digest('hex');
    const inputs = { statement: statement.sha256, book: formatAmount(book), items: digest };
    const result = checkAccount({ check: place.check, accountId: account.id, book, bank: statement.closing, outstanding, unknown, inputs });
    const last = await this.checks.findLast(this.database, { ...place, businessDate: date });
    return last?.inputs['book'] === inputs.book && last.inputs['statement'] === inputs.statement ? result : withoutBalance(result);
  }
}

/** The ledger books what was just recognised a moment later: a difference of the balances is a break when the next look finds it too. */
function withoutBalance(result: CheckResult): CheckResult {
  return { ...result, breaks: result.breaks.filter(({ reference }) => reference !== 'BALANCE') };
}

function isWhole(statement: StatementOn): statement is StatementOn & { closing: bigint } {
  return statement.state === 'ACCEPTED' && statement.closing !== null;
}

function asText(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) => (typeof field === 'bigint' ? field.toString() : field));
}
