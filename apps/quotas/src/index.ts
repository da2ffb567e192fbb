import type { ServiceDefinition } from '@jinku/service';
import { quotasMigrations } from './migrations/index.ts';
import { QuotasModule } from './quotas.module.ts';

export const quotasService: ServiceDefinition = {
  name: 'quotas',
  sentence: 'Positions and mapped quota: where money and capacity are, what each clearing house may still pay and who may spend it, and its clearing sessions.',
  migrations: quotasMigrations,
  module: (environment, platform) => QuotasModule.with(environment, platform),
  bodyBytesMax: 64 * 1024,
};
