import { Injectable } from '@nestjs/common';
import type { BusinessDate } from '@jinku/calendar';
import { Database } from '@jinku/persistence';
import { digestOf, LedgerBooks } from '../../books/ledger-books.ts';
import { ObligationRepository } from '../../obligation/persistence/obligation.repository.ts';
import { checkCoverage, obligationInputs } from '../domain/check-coverage.ts';
import { notRun, type CheckResult, type Figures } from '../domain/check-result.ts';

/** Check A11 of a date that is over. */
@Injectable()
export class CheckClientMoney {
  constructor(
    private readonly database: Database,
    private readonly obligations: ObligationRepository,
    private readonly books: LedgerBooks,
  ) {}

  async execute(date: BusinessDate): Promise<CheckResult> {
    const place = { check: 'A11' as const, subject: 'BOOKS' };
    const told = await this.obligations.listOf(this.database, date);
    if (told.length === 0) return notRun(place, 'NO_OBLIGATIONS');
    const balances = await this.books.trialBalanceByValueDate(date);
    if (balances === null) return notRun(place, 'LEDGER_DID_NOT_ANSWER');
    return checkCoverage({ lines: balances.lines, told, date, digest: digestOf(balances) });
  }

  /** Whether a client system has told more of the date since a verdict with these inputs: what covered the last report need not cover this one. */
  async hasNews(date: BusinessDate, inputs: Figures): Promise<boolean> {
    const told = await this.obligations.listOf(this.database, date);
    return Object.entries(obligationInputs(told)).some(([name, value]) => inputs[name] !== value);
  }
}
