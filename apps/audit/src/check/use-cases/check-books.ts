import { Injectable } from '@nestjs/common';
import { addDays, startOfBusinessDate, type BusinessDate } from '@jinku/calendar';
import { digestOf, LedgerBooks } from '../../books/ledger-books.ts';
import { notRun, type CheckResult } from '../domain/check-result.ts';
import { checkTrialBalance } from '../domain/check-trial-balance.ts';

/** Check A1 of a date that is over. */
@Injectable()
export class CheckBooks {
  constructor(private readonly books: LedgerBooks) {}

  async execute(date: BusinessDate): Promise<CheckResult> {
    // A batch booked in the first instant of the next date is the next date's.
    const endOf = (day: BusinessDate): Date => new Date(startOfBusinessDate(addDays(day, 1)).getTime() - 1);
    const opening = await this.books.trialBalance(endOf(addDays(date, -1)));
    const closing = opening === null ? null : await this.books.trialBalance(endOf(date));
    if (opening === null || closing === null) return notRun({ check: 'A1', subject: 'BOOKS' }, 'LEDGER_DID_NOT_ANSWER');
    return checkTrialBalance({ opening: opening.lines, closing: closing.lines }, { date, digest: digestOf(opening, closing) });
  }
}
