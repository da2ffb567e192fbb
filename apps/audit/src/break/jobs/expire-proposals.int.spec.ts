import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { Database } from '@jinku/persistence';
import { testDatabase } from '@jinku/testing';
import { AuditWorld, CLERK } from '../../audit-world.builder.ts';
import { RecordCheck } from '../../check/use-cases/record-check.ts';
import { compared, type FoundBreak } from '../../check/domain/check-result.ts';
import { auditMigrations } from '../../migrations/index.ts';
import { ListBreaks } from '../queries/list-breaks.ts';
import { ResolveBreak } from '../use-cases/resolve-break.ts';
import { ExpireProposals } from './expire-proposals.ts';

const DAY_MS = 86_400_000;

let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let world: AuditWorld;

beforeAll(async () => {
  testing = await testDatabase({ services: [{ name: 'audit', migrations: auditMigrations }] });
  database = await testing.open('audit');
  world = await AuditWorld.on(database);
});
afterAll(() => testing.drop());

function record(input: string, ...breaks: FoundBreak[]): Promise<void> {
  return world.get(RecordCheck).execute(compared({ check: 'A7', subject: 'NETSUNION' }, { left: {}, right: {}, inputs: { input }, breaks }), '2026-11-20');
}

async function states(): Promise<string[]> {
  const rows = await database.query<{ break: string; approval: string | null }>('SELECT b.state AS break, a.state AS approval FROM audit_break b LEFT JOIN approval a ON a.id = b.approval_id ORDER BY b.id');
  return rows.map((row) => `${row.break} ${row.approval ?? '-'}`);
}

async function submit(): Promise<void> {
  const [open] = await world.get(ListBreaks).page({ states: ['ADDED'], limit: 1 }, world.clock.now());
  await database.transaction((tx) => world.get(ResolveBreak).submit(tx, CLERK, { id: open?.id ?? '', explanation: 'It is known.' }));
}

test('an explanation that nobody reviewed in time is over, and the break waits again; one that vanished ends its proposal', async () => {
  await record('1', { key: 'k', kind: 'AMOUNT', reference: 'NET', amount: 1n, evidence: {} });
  await submit();
  world.clock.advance(4 * DAY_MS);
  await world.get(ExpireProposals).run();
  expect(await states()).toEqual(['ADDED EXPIRED']);

  await submit();
  await record('2');

  expect(await states()).toEqual(['CLEARED EXPIRED']);
  expect((await world.get(ListBreaks).page({ states: ['CLEARED'], limit: 1 }, world.clock.now()))[0]?.ageDays).toBe(5);
});

test('a difference that comes back is a new break', async () => {
  await record('3', { key: 'k', kind: 'AMOUNT', reference: 'NET', amount: 1n, evidence: {} });

  expect(await states()).toEqual(['CLEARED EXPIRED', 'ADDED -']);
});
