import { Module, type DynamicModule } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import type { Environment } from '@jinku/service';
import { BalanceMonitorsController } from './balance-monitor/http/balance-monitors.controller.ts';
import { BalanceMonitorRepository } from './balance-monitor/persistence/balance-monitor.repository.ts';
import { LEDGER_CONFIG, ledgerConfig } from './config.ts';
import { AccountBoundsController } from './internal-account/http/account-bounds.controller.ts';
import { BookDaysController } from './internal-account/http/book-days.controller.ts';
import { InternalAccountsController } from './internal-account/http/internal-accounts.controller.ts';
import { AccountEventsConsumer } from './internal-account/messaging/account-events.consumer.ts';
import { Chart } from './internal-account/persistence/chart.ts';
import { InternalAccountRepository } from './internal-account/persistence/internal-account.repository.ts';
import { LinkedAccounts } from './internal-account/persistence/linked-accounts.ts';
import { ListInTransit } from './internal-account/queries/list-in-transit.ts';
import { ReadBookDays } from './internal-account/queries/read-book-days.ts';
import { ReadBalances } from './internal-account/queries/read-balances.ts';
import { ChangeAccountBounds } from './internal-account/use-cases/change-account-bounds.ts';
import { FollowRegisteredAccounts } from './internal-account/use-cases/follow-registered-accounts.ts';
import { EntryProposalsController } from './journal/http/entry-proposals.controller.ts';
import { JournalChecksController } from './journal/http/journal-checks.controller.ts';
import { JournalEntriesController } from './journal/http/journal-entries.controller.ts';
import { ExpirePendingEntries } from './journal/jobs/expire-pending-entries.ts';
import { ExpireProposals } from './journal/jobs/expire-proposals.ts';
import { VerifyChain } from './journal/jobs/verify-chain.ts';
import { AuditEventsConsumer } from './journal/messaging/audit-events.consumer.ts';
import { PayoutEventsConsumer } from './journal/messaging/payout-events.consumer.ts';
import { QuotaEventsConsumer } from './journal/messaging/quota-events.consumer.ts';
import { TransferEventsConsumer } from './journal/messaging/transfer-events.consumer.ts';
import { BookedEventRepository } from './journal/persistence/booked-event.repository.ts';
import { ChainRepository } from './journal/persistence/chain.repository.ts';
import { JournalRepository } from './journal/persistence/journal.repository.ts';
import { PendingEntryRepository } from './journal/persistence/pending-entry.repository.ts';
import { VerificationRepository } from './journal/persistence/verification.repository.ts';
import { CheckJournal } from './journal/queries/check-journal.ts';
import { BookClearing } from './journal/use-cases/book-clearing.ts';
import { BookRecognisedEntries } from './journal/use-cases/book-recognised-entries.ts';
import { BookTransferLegs } from './journal/use-cases/book-transfer-legs.ts';
import { PostEntries } from './journal/use-cases/post-entries.ts';
import { ProposeEntry } from './journal/use-cases/propose-entry.ts';
import { SettlePendingEntry } from './journal/use-cases/settle-pending-entry.ts';
import { VerifyJournal } from './journal/use-cases/verify-journal.ts';
import { SettlePendingEntryByPerson } from './journal/use-cases/settle-pending-entry-by-person.ts';
import { PendingEntriesController } from './journal/http/pending-entries.controller.ts';
import { PostingRulesController } from './posting-rule/http/posting-rules.controller.ts';
import { RuleBook } from './posting-rule/persistence/rule-book.ts';
import { RuleScheduleRepository } from './posting-rule/persistence/rule-schedule.repository.ts';

@Module({})
export class LedgerModule {
  static with(environment: Environment): DynamicModule {
    return {
      module: LedgerModule,
      controllers: [
        AccountBoundsController,
        InternalAccountsController,
        BookDaysController,
        EntryProposalsController,
        JournalEntriesController,
        PendingEntriesController,
        JournalChecksController,
        PostingRulesController,
        BalanceMonitorsController,
        AccountEventsConsumer,
        PayoutEventsConsumer,
        QuotaEventsConsumer,
        TransferEventsConsumer,
        AuditEventsConsumer,
      ],
      providers: [
        InternalAccountRepository,
        LinkedAccounts,
        Chart,
        ChangeAccountBounds,
        FollowRegisteredAccounts,
        ReadBalances,
        ReadBookDays,
        ListInTransit,
        JournalRepository,
        PendingEntryRepository,
        { provide: Approvals, useValue: new Approvals() },
        PostEntries,
        BookedEventRepository,
        BookTransferLegs,
        BookClearing,
        BookRecognisedEntries,
        ProposeEntry,
        SettlePendingEntry,
        SettlePendingEntryByPerson,
        RuleScheduleRepository,
        RuleBook,
        ChainRepository,
        VerificationRepository,
        VerifyJournal,
        VerifyChain,
        CheckJournal,
        ExpirePendingEntries,
        ExpireProposals,
        BalanceMonitorRepository,
        { provide: LEDGER_CONFIG, useValue: ledgerConfig(environment) },
      ],
    };
  }
}
