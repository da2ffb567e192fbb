import type { ServiceDefinition } from '@jinku/service';
import { LedgerModule } from './ledger.module.ts';
import { ledgerMigrations } from './migrations/index.ts';

export const ledgerService: ServiceDefinition = {
  name: 'ledger',
  sentence: 'Internal accounts and the journal: double entry, append-only, hash-chained, with balances as of any instant.',
  migrations: ledgerMigrations,
  module: (environment) => LedgerModule.with(environment),
  bodyBytesMax: 256 * 1024,
};

// What a bench posts with.
export { Chart } from './internal-account/persistence/chart.ts';
export { InternalAccountRepository } from './internal-account/persistence/internal-account.repository.ts';
export type { EntryDraft } from './journal/domain/journal-entry.ts';
export { JournalRepository } from './journal/persistence/journal.repository.ts';
export { PostEntries } from './journal/use-cases/post-entries.ts';
export { ledgerMigrations };
