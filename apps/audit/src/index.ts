import type { ServiceDefinition } from '@jinku/service';
import { AuditModule } from './audit.module.ts';
import { auditMigrations } from './migrations/index.ts';

export const auditService: ServiceDefinition = {
  name: 'audit',
  sentence: 'Statements, movements and payout bills: collected, recognised, and compared with the books until every difference has a name.',
  migrations: auditMigrations,
  module: (environment, platform) => AuditModule.with(environment, platform),
  bodyBytesMax: 1_048_576,
};
