import { test } from '@jest/globals';
import { expectCommittedSchema } from '@jinku/testing';
import { accountsMigrations } from './migrations/index.ts';

test('the committed schema is what the migrations make', async () => {
  await expectCommittedSchema({ name: 'accounts', migrations: accountsMigrations, file: new URL('../schema.sql', import.meta.url) });
});
