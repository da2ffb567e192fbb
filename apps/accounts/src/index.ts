import type { ServiceDefinition } from '@jinku/service';
import { AccountsModule } from './accounts.module.ts';
import { accountsMigrations } from './migrations/index.ts';

export const accountsService: ServiceDefinition = {
  name: 'accounts',
  sentence: 'The one entry for account information: the register of accounts, their life cycle, and their links to the ledger.',
  migrations: accountsMigrations,
  module: (_environment, platform) => AccountsModule.with(platform),
  bodyBytesMax: 64 * 1024,
};
