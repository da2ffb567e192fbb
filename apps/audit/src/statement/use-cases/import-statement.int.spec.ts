import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { BusinessDate } from '@jinku/calendar';
import type { Database } from '@jinku/persistence';
import { testDatabase } from '@jinku/testing';
import { ALPHA, AuditWorld } from '../../audit-world.builder.ts';
import { auditMigrations } from '../../migrations/index.ts';
import { parseCamt053 } from '../domain/camt053.ts';
import { aCamt053, type StatementForTest } from '../statement-files.builder.ts';
import { ImportStatement, type ImportAnswer } from './import-statement.ts';

let testing: Awaited<ReturnType<typeof testDatabase>>;
let database: Database;
let world: AuditWorld;

beforeEach(async () => {
  testing = await testDatabase({ services: [{ name: 'audit', migrations: auditMigrations }] });
  database = await testing.open('audit');
  world = await AuditWorld.on(database);
});
afterEach(() => testing.drop());

function bring(given: StatementForTest = {}, businessDate = given.date ?? '2026-11-20'): Promise<ImportAnswer> {
  const content = aCamt053(given);
  return database.transaction((tx) =>
    world.get(ImportStatement).execute(tx, {
      accountId: ALPHA.id,
      businessDate: businessDate as BusinessDate,
      format: 'CAMT_053',
      file: { fileName: 'a.xml', content, source: 'UPLOAD' },
      read: { statement: parseCamt053(content) },
    }),
  );
}

async function count(table: string): Promise<bigint | undefined> {
  return (await database.query<{ count: bigint }>(`SELECT count(*) FROM ${table}`))[0]?.count;
}

test('a statement that adds up is taken whole, and what nobody has booked is told once', async () => {
  const entries = [
    { amount: -1_500n, purpose: '账户管理费' },
    { amount: 2_500n, purpose: '结息' },
    { amount: -3_000n, reference: 'JINKU001202611202000000001' },
    { amount: 700n, purpose: '来款' },
  ];
  const first = await bring({ entries });
  const again = await bring({ entries });

  expect(first).toMatchObject({ state: 'ACCEPTED', faults: [] });
  expect(again).toEqual(first);
  expect(await count('statement_entry')).toBe(4n);
  expect(await world.told()).toEqual([
    { kind: 'CHARGE', amount: '-15.00', bankReference: 'B202611200001' },
    { kind: 'INTEREST', amount: '25.00', bankReference: 'B202611200002' },
    { kind: 'UNKNOWN_CREDIT', amount: '7.00', bankReference: 'B202611200004' },
  ]);
});

test('a statement that does not add up is kept whole, and nothing of it is booked', async () => {
  const answer = await bring({ closing: 8_501n });

  expect(answer.state).toBe('QUARANTINED');
  expect(answer.faults.map(({ field }) => field)).toEqual(['closing']);
  expect(await count('original_file')).toBe(1n);
  expect(await count('statement_entry')).toBe(0n);
  expect(await world.told()).toEqual([]);
});

test('a statement that does not follow on waits in quarantine, and counts when the one before it has come', async () => {
  await bring({ date: '2026-11-18' });
  const early = await bring({ date: '2026-11-20', opening: 9_000n });
  await bring({ date: '2026-11-19', opening: 8_500n, entries: [{ amount: 500n }] });
  const again = await bring({ date: '2026-11-20', opening: 9_000n });

  expect(early).toMatchObject({ state: 'QUARANTINED', faults: [{ field: 'opening', rule: 'is the closing balance of 2026-11-18' }] });
  expect(again).toEqual({ id: early.id, state: 'ACCEPTED', faults: [] });
});

test('an entry that another statement brought before is not imported twice, and takes its statement into quarantine', async () => {
  await bring({ entries: [{ amount: -1_500n, bankReference: 'B1' }] });
  const answer = await bring({ date: '2026-11-21', opening: 8_500n, entries: [{ amount: 100n }, { amount: -1_500n, bankReference: 'B1' }] });

  expect(answer).toMatchObject({ state: 'QUARANTINED', faults: [{ field: 'entries[1].bankReference', rule: 'was in no statement before' }] });
  expect(await count('statement_entry')).toBe(1n);
});

test('a second statement of a date is not taken; one in quarantine is replaced by the file that counts', async () => {
  const broken = await bring({ closing: 1n });
  const right = await bring({ entries: [{ amount: -1_500n, purpose: '手续费' }] });
  const other = await bring({ entries: [{ amount: 100n, bankReference: 'B9' }] });

  expect([right.state, other.state]).toEqual(['ACCEPTED', 'QUARANTINED']);
  expect(other.faults.map(({ field }) => field)).toContain('businessDate');
  expect(await database.query('SELECT id, state FROM statement WHERE id = $1', [broken.id])).toEqual([{ id: broken.id, state: 'REPLACED' }]);
});

test('two processes that bring one file at once import it once', async () => {
  const answers = await Promise.all([bring(), bring(), bring()]);

  expect(new Set(answers.map(({ id }) => id)).size).toBe(1);
  expect(await count('statement_entry')).toBe(1n);
});

test('the database itself refuses an accepted statement that does not add up, and to change an entry', async () => {
  const { id } = await bring({ closing: 1n });

  await expect(database.query(`UPDATE statement SET state = 'ACCEPTED', faults = '[]', accepted_at = imported_at WHERE id = $1`, [id])).rejects.toMatchObject({ code: '23514' });
  await expect(database.query('UPDATE statement_entry SET amount = 1')).rejects.toMatchObject({ code: '42501' });
  await expect(database.query('DELETE FROM original_file')).rejects.toMatchObject({ code: '42501' });
});
