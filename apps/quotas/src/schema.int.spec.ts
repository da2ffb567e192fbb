import { test } from '@jest/globals';
import { expectCommittedSchema } from '@jinku/testing';
import { quotasMigrations } from './migrations/index.ts';

test('the committed schema is what the migrations make', async () => {
  await expectCommittedSchema({ name: 'quotas', migrations: quotasMigrations, file: new URL('../schema.sql', import.meta.url) });
});
