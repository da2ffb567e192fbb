import { ManualClock } from '@jinku/calendar';
import { migrateBus, Outbox, uuidv7 } from '@jinku/messaging';
import type { Database } from '@jinku/persistence';
import { testDatabase, type TestDatabase } from '@jinku/testing';
import { Chart } from '../internal-account/persistence/chart.ts';
import { InternalAccountRepository } from '../internal-account/persistence/internal-account.repository.ts';
import { ReadBalances } from '../internal-account/queries/read-balances.ts';
import { FollowRegisteredAccounts } from '../internal-account/use-cases/follow-registered-accounts.ts';
import { ledgerMigrations } from '../migrations/index.ts';
import type { EntryDraft } from './domain/journal-entry.ts';
import { JournalRepository } from './persistence/journal.repository.ts';
import { ChainRepository } from './persistence/chain.repository.ts';
import { PendingEntryRepository } from './persistence/pending-entry.repository.ts';
import { VerificationRepository } from './persistence/verification.repository.ts';
import { CheckJournal, type ControlFinding } from './queries/check-journal.ts';
import { PostEntries } from './use-cases/post-entries.ts';
import { SettlePendingEntry } from './use-cases/settle-pending-entry.ts';
import { VerifyJournal } from './use-cases/verify-journal.ts';

export interface LedgerForTest {
  readonly test: TestDatabase;
  readonly database: Database;
  readonly clock: ManualClock;
  readonly accounts: InternalAccountRepository;
  readonly balances: ReadBalances;
  readonly postEntries: PostEntries;
  readonly settle: SettlePendingEntry;
  readonly checks: CheckJournal;
  readonly verify: VerifyJournal;
  readonly follow: FollowRegisteredAccounts;
  post(...entries: EntryDraft[]): Promise<void>;
  balance(code: string, asOf?: Date): Promise<bigint>;
  /** Verifies all of the chain, then checks controls against it. */
  controls(): Promise<ControlFinding[]>;
}

export const CHAIN_PASS_MS = 3_600_000;

/** The ledger's engine on a database of its own, without HTTP and bus. */
export async function aLedger(): Promise<LedgerForTest> {
  return engineOn(await testDatabase({ services: [{ name: 'ledger', migrations: ledgerMigrations }] }));
}

/** The same on a database that has the bus. */
export async function aLedgerWithBus(): Promise<LedgerForTest> {
  return engineOn(await testDatabase({ services: [{ name: 'ledger', migrations: ledgerMigrations }], shared: [migrateBus] }));
}

async function engineOn(test: TestDatabase): Promise<LedgerForTest> {
  const database = await test.open('ledger', { poolMax: 8 });
  const clock = new ManualClock('2026-11-21T02:00:00Z');
  const outbox = new Outbox({ source: 'ledger', clock });
  const accounts = new InternalAccountRepository();
  const chart = new Chart(accounts);
  const journal = new JournalRepository();
  const postEntries = new PostEntries(chart, journal, outbox, clock);
  const balances = new ReadBalances(database);
  const chainRepository = new ChainRepository();
  const verify = new VerifyJournal(database, chainRepository, new VerificationRepository(), clock, { chainPassMs: CHAIN_PASS_MS });
  const checks = new CheckJournal(database, chainRepository);
  return {
    test,
    database,
    clock,
    accounts,
    balances,
    postEntries,
    settle: new SettlePendingEntry(chart, journal, new PendingEntryRepository(), postEntries, clock),
    checks,
    verify,
    follow: new FollowRegisteredAccounts(accounts, outbox, clock),
    controls: async () => {
      await verify.execute({ pagesMax: 1_000 });
      return checks.controls();
    },
    post: (...entries) => database.transaction((tx) => postEntries.execute(tx, entries)),
    balance: async (code, asOf) => {
      const account = await accounts.findByCode(database, code);
      const totals = await balances.totals(account!, asOf ?? null);
      return totals.debit - totals.credit;
    },
  };
}

/** Dr 2001, Cr 2002 unless told otherwise. */
export function anEntry({ from = '2001', to = '2002', amount = 100n, ...fields }: Partial<EntryDraft> & { from?: string; to?: string; amount?: bigint } = {}): EntryDraft {
  return {
    id: uuidv7(),
    unit: 'CNY',
    rule: 'manual.v1',
    reference: 'R1',
    valueDate: '2026-11-21',
    lines: [
      { account: from, amount },
      { account: to, amount: -amount },
    ],
    ...fields,
  };
}
