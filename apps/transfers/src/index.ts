import type { ServiceDefinition } from '@jinku/service';
import { transfersMigrations } from './migrations/index.ts';
import { TransfersModule } from './transfers.module.ts';

export const transfersService: ServiceDefinition = {
  name: 'transfers',
  sentence: 'Moves the institution\'s own money between its own accounts, by hand and by rule, and never to a client.',
  migrations: transfersMigrations,
  module: (environment, platform) => TransfersModule.with(environment, platform),
  bodyBytesMax: 64 * 1024,
};
