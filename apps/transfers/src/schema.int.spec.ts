import { test } from '@jest/globals';
import { expectCommittedSchema } from '@jinku/testing';
import { transfersMigrations } from './migrations/index.ts';

test('the committed schema is what the migrations make', async () => {
  await expectCommittedSchema({ name: 'transfers', migrations: transfersMigrations, file: new URL('../schema.sql', import.meta.url) });
});
