import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { addDays, businessDate, businessDateOf, type BusinessDate, type Clock } from '@jinku/calendar';
import { ClearingHouse } from '@jinku/contracts';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { hasStatements } from '../../account/domain/audited-account.ts';
import { AccountRepository } from '../../account/persistence/account.repository.ts';
import { LedgerBooks } from '../../books/ledger-books.ts';
import { AUDIT_CONFIG, type AuditConfig } from '../../config.ts';
import type { CheckCode, CheckResult, Figures } from '../domain/check-result.ts';
import { CheckRepository } from '../persistence/check.repository.ts';
import { CheckAccounts } from '../use-cases/check-accounts.ts';
import { CheckBooks } from '../use-cases/check-books.ts';
import { CheckClientMoney } from '../use-cases/check-client-money.ts';
import { CheckHouses } from '../use-cases/check-houses.ts';
import { RecordCheck } from '../use-cases/record-check.ts';

interface Planned {
  readonly check: CheckCode;
  readonly subject: string;
  /** Null when the last verdict stands. */
  readonly run: () => Promise<CheckResult | null>;
  /** Whether what agreed with these inputs has to be judged anew; never when not given. */
  readonly hasNews?: (inputs: Figures) => Promise<boolean>;
}

/** Runs the checks of the last days until each agrees, and all checks of a date that a person asked for. */
@Injectable()
export class RunChecks implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly doorbells: Doorbells,
    private readonly accounts: AccountRepository,
    private readonly books: LedgerBooks,
    private readonly checks: CheckRepository,
    private readonly checkBooks: CheckBooks,
    private readonly checkAccounts: CheckAccounts,
    private readonly checkHouses: CheckHouses,
    private readonly checkClientMoney: CheckClientMoney,
    private readonly recordCheck: RecordCheck,
    @Inject(AUDIT_CONFIG) private readonly config: AuditConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: 'audit.check', sweepEveryMs: this.config.checkMs, run: () => this.run() });
  }

  async run(): Promise<void> {
    let failed: { readonly error: unknown } | null = null;
    const requests = await this.checks.listOpenRequests(this.database);
    for (const request of requests) {
      const outcome = await this.carryOut(await this.planOf(businessDate(request.businessDate)), request.businessDate);
      failed ??= outcome;
      if (outcome === null) await this.database.transaction((tx) => this.checks.closeRequest(tx, request.id, this.clock.now()));
    }
    const yesterday = addDays(businessDateOf(this.clock.now()), -1);
    for (let back = this.config.daysBack - 1; back >= 0; back -= 1) {
      const date = addDays(yesterday, -back);
      const due: Planned[] = [];
      for (const planned of await this.planOf(date)) {
        const last = await this.checks.findLast(this.database, { ...planned, businessDate: date });
        // What agreed stays so unless a person asks or its feed has told more; a later date's run carries what comes late.
        if (last?.verdict !== 'AGREES' || (await planned.hasNews?.(last.inputs)) === true) due.push(planned);
      }
      const outcome = await this.carryOut(due, date);
      failed ??= outcome;
    }
    if (failed !== null) throw failed.error;
  }

  /** All of them: one that fails holds up none after it. Answers with the first failure. */
  private async carryOut(plan: readonly Planned[], date: string): Promise<{ readonly error: unknown } | null> {
    let failed: { readonly error: unknown } | null = null;
    for (const { run } of plan) {
      try {
        const result = await run();
        if (result !== null) await this.recordCheck.execute(result, date);
      } catch (error) {
        failed ??= { error };
      }
    }
    return failed;
  }

  private async planOf(date: BusinessDate): Promise<Planned[]> {
    const accounts = (await this.accounts.list(this.database)).filter(hasStatements);
    let codes: ReturnType<LedgerBooks['accountCodes']> | null = null;
    const planned: Planned[] = [{ check: 'A1', subject: 'BOOKS', run: () => this.checkBooks.execute(date) }];
    for (const account of accounts) {
      planned.push({ check: 'A3', subject: account.id, run: () => this.checkAccounts.continuity(account, date) });
      planned.push({
        check: account.accountClass === 'CENTRAL_RESERVE' ? 'A5' : 'A4',
        subject: account.id,
        run: async () => this.checkAccounts.bookToBank(account, { date, codes: await (codes ??= this.books.accountCodes()) }),
      });
    }
    for (const clearingHouse of Object.values(ClearingHouse)) {
      const place = { clearingHouse, clearingDate: date };
      planned.push({ check: 'A7', subject: clearingHouse, run: () => this.checkHouses.session(place) });
      planned.push({ check: 'A8', subject: clearingHouse, run: () => this.checkHouses.payouts(place) });
    }
    planned.push({ check: 'A11', subject: 'BOOKS', run: () => this.checkClientMoney.execute(date), hasNews: (inputs) => this.checkClientMoney.hasNews(date, inputs) });
    return planned;
  }
}
