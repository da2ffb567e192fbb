import type { Provider } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import { AccountRepository } from './account/persistence/account.repository.ts';
import { CollectBills } from './bill/jobs/collect-bills.ts';
import { BillRepository } from './bill/persistence/bill.repository.ts';
import { ListBills } from './bill/queries/list-bills.ts';
import { ReceiveBill } from './bill/use-cases/receive-bill.ts';
import { UploadBill } from './bill/use-cases/upload-bill.ts';
import { ExpireProposals } from './break/jobs/expire-proposals.ts';
import { BreakRepository } from './break/persistence/break.repository.ts';
import { ListBreaks } from './break/queries/list-breaks.ts';
import { ResolveBreak } from './break/use-cases/resolve-break.ts';
import { TendBreak } from './break/use-cases/tend-break.ts';
import { RunChecks } from './check/jobs/run-checks.ts';
import { CheckRepository } from './check/persistence/check.repository.ts';
import { ListChecks } from './check/queries/list-checks.ts';
import { ReadAccountSides } from './check/queries/read-account-sides.ts';
import { ReadHouseSides } from './check/queries/read-house-sides.ts';
import { CheckAccounts } from './check/use-cases/check-accounts.ts';
import { CheckBooks } from './check/use-cases/check-books.ts';
import { CheckClientMoney } from './check/use-cases/check-client-money.ts';
import { CheckHouses } from './check/use-cases/check-houses.ts';
import { RecordCheck } from './check/use-cases/record-check.ts';
import { CounterpartRepository } from './counterpart/persistence/counterpart.repository.ts';
import { ObligationRepository } from './obligation/persistence/obligation.repository.ts';
import { FollowObligations } from './obligation/use-cases/follow-obligations.ts';
import { RuleRepository } from './recognition/persistence/rule.repository.ts';
import { ProposeRule } from './recognition/use-cases/propose-rule.ts';
import { CollectStatements } from './statement/jobs/collect-statements.ts';
import { FormatRepository } from './statement/persistence/format.repository.ts';
import { StatementRepository } from './statement/persistence/statement.repository.ts';
import { ListEntries } from './statement/queries/list-entries.ts';
import { ListStatements } from './statement/queries/list-statements.ts';
import { ImportStatement } from './statement/use-cases/import-statement.ts';
import { UploadStatement } from './statement/use-cases/upload-statement.ts';

/** All but the doors: what specs wire with rails of their own. */
export const AUDIT_PROVIDERS: readonly Provider[] = [
  ...[AccountRepository, CounterpartRepository, ObligationRepository, FollowObligations, RuleRepository, ProposeRule],
  ...[StatementRepository, FormatRepository, ImportStatement, UploadStatement, CollectStatements, ListStatements, ListEntries],
  ...[BillRepository, ReceiveBill, UploadBill, CollectBills, ListBills],
  ...[CheckRepository, ReadAccountSides, ReadHouseSides, CheckBooks, CheckAccounts, CheckHouses, CheckClientMoney, RecordCheck, RunChecks, ListChecks],
  ...[BreakRepository, TendBreak, ResolveBreak, ExpireProposals, ListBreaks],
  { provide: Approvals, useValue: new Approvals() },
];
