import { test } from '@jest/globals';
import { expectCommittedSchema } from '@jinku/testing';
import { auditMigrations } from './migrations/index.ts';

test('the committed schema is what the migrations make', async () => {
  await expectCommittedSchema({ name: 'audit', migrations: auditMigrations, file: new URL('../schema.sql', import.meta.url) });
});
