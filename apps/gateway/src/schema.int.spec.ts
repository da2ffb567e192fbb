import { expectCommittedSchema } from '@jinku/testing';
import { gatewayMigrations } from './migrations/index.ts';

test('the migrated schema equals schema.sql', async () => {
  await expectCommittedSchema({ name: 'gateway', migrations: gatewayMigrations, file: new URL('../schema.sql', import.meta.url) });
});
