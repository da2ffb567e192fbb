import { expectCommittedSchema } from '@jinku/testing';
import { ledgerMigrations } from './migrations/index.ts';

test('the migrated schema is the committed one', async () => {
  await expectCommittedSchema({ name: 'ledger', migrations: ledgerMigrations, file: new URL('../schema.sql', import.meta.url) });
});
