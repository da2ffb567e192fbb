import { expectCommittedSchema } from '@jinku/testing';
import { MIGRATIONS } from './migrations/index.ts';

test('the migrated schema is the committed one', async () => {
  await expectCommittedSchema({ name: 'payouts', migrations: MIGRATIONS, file: new URL('../schema.sql', import.meta.url) });
});
