import { uuidv7 } from '@jinku/messaging';
import { reversalOf } from '../domain/journal-entry.ts';
import { aLedger, anEntry, type LedgerForTest } from '../journal.builder.ts';

let ledger: LedgerForTest;
beforeEach(async () => {
  ledger = await aLedger();
});
afterEach(() => ledger.test.drop());

const BATCHES_MAX = { after: 0n, limit: 10_000 };

test('batches that run side by side on one hot account keep its balance equal to its lines', async () => {
  const batch = () => Array.from({ length: 20 }, () => anEntry({ amount: 7n }));

  await Promise.all(Array.from({ length: 25 }, () => ledger.post(...batch())));

  expect(await ledger.balance('2001')).toBe(25n * 20n * 7n);
  expect(await ledger.controls()).toEqual([]);
  expect((await ledger.checks.chain(BATCHES_MAX)).broken).toBeNull();
});

test('batches that touch the same accounts in other orders never wait for each other in a ring', async () => {
  const codes = ['2001', '2002', '2101.OWN', '3001', '4001', '4002'];
  const entries = (round: number) => codes.map((from, index) => anEntry({ from, to: codes[(index + 1 + (round % 5)) % codes.length]! }));

  await Promise.all(Array.from({ length: 30 }, (_, round) => ledger.post(...(round % 2 === 0 ? entries(round) : entries(round).toReversed()))));

  expect(await ledger.controls()).toEqual([]);
});

test('a balance as of any past instant is that of the entries booked until then', async () => {
  const instants: Date[] = [];
  for (let step = 1; step <= 5; step += 1) {
    await ledger.post(anEntry({ amount: BigInt(step) }));
    instants.push(ledger.clock.now());
    ledger.clock.advance(1_000);
  }

  const balances = await Promise.all(instants.map((instant) => ledger.balance('2001', instant)));

  expect(balances).toEqual([1n, 3n, 6n, 10n, 15n]);
  expect(await ledger.balance('2001', new Date('2020-01-01T00:00:00Z'))).toBe(0n);
  expect((await ledger.balances.trialBalance(instants[2]!)).sums).toContainEqual({ unit: 'CNY', debit: '0.06', credit: '0.06' });
});

test('a clock that steps back books at the instant of the batch before, so the chain stays in the order of time', async () => {
  await ledger.post(anEntry());
  ledger.clock.stepTo('2026-11-20T00:00:00Z');
  await ledger.post(anEntry());

  const { rows } = await ledger.test.admin.query<{ booked_at: Date }>('SELECT booked_at FROM journal_batch ORDER BY sequence');

  expect(rows[1]!.booked_at).toEqual(rows[0]!.booked_at);
});

test('the journal\'s role can neither change nor remove what was posted', async () => {
  await ledger.post(anEntry());

  for (const table of ['journal_entry', 'journal_line', 'journal_batch', 'balance_point']) {
    await expect(ledger.database.query(`DELETE FROM ${table}`)).rejects.toMatchObject({ code: '42501' });
  }
  await expect(ledger.database.query('UPDATE journal_line SET amount = 1')).rejects.toMatchObject({ code: '42501' });
  await expect(ledger.database.query('UPDATE journal_entry SET reference = \'x\'')).rejects.toMatchObject({ code: '42501' });
});

test('the database itself refuses lines that do not sum to zero, mix units or stand on a parent', async () => {
  const insert = (lines: string) => ledger.database.query(`INSERT INTO journal_line (batch_id, entry_number, line_number, account_id, amount) VALUES ${lines}`);
  const idOf = async (code: string) => (await ledger.accounts.findByCode(ledger.database, code))!.id;
  const [payable, parent, quota] = [await idOf('2001'), await idOf('1201'), await idOf('9001.AVAILABLE')];

  for (const lines of [`(9, 1, 1, ${payable}, 5)`, `(9, 1, 1, ${payable}, 5), (9, 1, 2, ${parent}, -5)`, `(9, 1, 1, ${payable}, 5), (9, 1, 2, ${quota}, -5)`, '(9, 1, 1, 9999, 5), (9, 1, 2, 9999, -5)']) {
    await expect(insert(lines)).rejects.toMatchObject({ constraint: 'journal_line_balanced' });
  }
});

test('the chain shows what a superuser changed, removed or added', async () => {
  const tampering = [
    'UPDATE journal_line SET amount = amount * 2 WHERE batch_id = 2',
    'UPDATE journal_entry SET reference = \'other\' WHERE batch_id = 2',
    'DELETE FROM journal_entry WHERE batch_id = 2 AND entry_number = 1',
    'DELETE FROM journal_batch WHERE sequence = 2',
    'DELETE FROM journal_batch WHERE sequence = 3',
    'UPDATE journal_batch SET booked_at = booked_at - interval \'1 hour\' WHERE sequence = 2',
    'INSERT INTO journal_line SELECT 99, amount, entry_number, account_id, line_number FROM journal_line WHERE batch_id = 2',
    'INSERT INTO journal_entry (batch_id, entry_number, value_date, id, unit, rule, reference, hash) SELECT 2, 9, value_date, uuidv7(), unit, rule, reference, hash FROM journal_entry WHERE batch_id = 2 LIMIT 1',
  ];
  for (let batch = 0; batch < 3; batch += 1) await ledger.post(anEntry(), anEntry());
  expect((await ledger.checks.chain(BATCHES_MAX)).broken).toBeNull();
  const client = await ledger.test.admin.connect();
  await client.query('SET session_replication_role = replica');

  for (const statement of tampering) {
    const backup = async () => {
      await client.query('CREATE TABLE kept_line AS TABLE journal_line; CREATE TABLE kept_entry AS TABLE journal_entry; CREATE TABLE kept_batch AS TABLE journal_batch');
    };
    await backup();
    await client.query(statement);
    expect([statement, (await ledger.checks.chain(BATCHES_MAX)).broken]).toEqual([statement, expect.objectContaining({ why: expect.any(String) })]);
    await client.query('TRUNCATE journal_line, journal_entry, journal_batch');
    await client.query('INSERT INTO journal_line TABLE kept_line; INSERT INTO journal_entry TABLE kept_entry; INSERT INTO journal_batch TABLE kept_batch');
    await client.query('DROP TABLE kept_line, kept_entry, kept_batch');
  }
  client.release();
  expect((await ledger.checks.chain(BATCHES_MAX)).broken).toBeNull();
});

test('a balance that was changed behind the journal\'s back is found', async () => {
  await ledger.post(anEntry());
  await ledger.test.admin.query('UPDATE account_balance SET debit_total = debit_total + 1 WHERE debit_total > 0');

  expect(await ledger.controls()).toEqual([{ accountCode: '2001', finding: 'the balance is not the sum of its lines' }]);
});

test('an account with a minimum is not overdrawn, and of a batch only the entries that would are refused', async () => {
  await ledger.post(anEntry({ from: '1101.OWN', to: '3001', amount: 100n }));
  await ledger.test.admin.query('UPDATE internal_account SET balance_min = 0 WHERE code = \'1101.OWN\'');
  const taking = (amount: bigint) => anEntry({ from: '3001', to: '1101.OWN', amount });

  const outcomes = await ledger.database.transaction((tx) => ledger.postEntries.executeEach(tx, [taking(60n), taking(70n), taking(40n), anEntry()]));

  expect(outcomes.map((outcome) => outcome?.code ?? null)).toEqual([null, 'ACCOUNT_OVERDRAWN', null, null]);
  expect(await ledger.balance('1101.OWN')).toBe(0n);
  expect((await ledger.checks.chain(BATCHES_MAX)).broken).toBeNull();
  await expect(ledger.post(taking(1n))).rejects.toMatchObject({ code: 'ACCOUNT_OVERDRAWN' });
});

test('of writers that race for the last of an account with a minimum, those win that fit', async () => {
  await ledger.post(anEntry({ from: '1101.OWN', to: '3001', amount: 100n }));
  await ledger.test.admin.query('UPDATE internal_account SET balance_min = 0 WHERE code = \'1101.OWN\'');

  const settled = await Promise.allSettled(Array.from({ length: 10 }, () => ledger.post(anEntry({ from: '3001', to: '1101.OWN', amount: 30n }))));

  expect(settled.filter((outcome) => outcome.status === 'fulfilled')).toHaveLength(3);
  expect(await ledger.balance('1101.OWN')).toBe(10n);
});

test('a maximum, a frozen and a closed account refuse by their own names', async () => {
  await ledger.test.admin.query('UPDATE internal_account SET balance_max = 50 WHERE code = \'1101.OWN\'');
  await expect(ledger.post(anEntry({ from: '1101.OWN', to: '3001', amount: 51n }))).rejects.toMatchObject({ code: 'ACCOUNT_ABOVE_MAXIMUM' });
  for (const [state, code] of [['FROZEN', 'ACCOUNT_FROZEN'], ['CLOSED', 'ACCOUNT_CLOSED']]) {
    await ledger.test.admin.query('UPDATE internal_account SET state = $1 WHERE code = \'2101.OWN\'', [state]);
    await expect(ledger.post(anEntry({ from: '2101.OWN', to: '3001' }))).rejects.toMatchObject({ code });
  }
});

test('an entry is reversed once, and its reversal restores the balances', async () => {
  const entry = anEntry();
  const reversal = () => reversalOf(entry, { id: uuidv7(), valueDate: '2026-11-21', description: 'wrong' });
  await ledger.post(entry);

  await ledger.post(reversal());

  expect(await ledger.balance('2001')).toBe(0n);
  await expect(ledger.post(reversal())).rejects.toMatchObject({ code: 'ENTRY_REVERSED_ALREADY' });
});

test('a monitor tells once for each time its threshold is crossed', async () => {
  const account = await ledger.accounts.findByCode(ledger.database, '2002');
  await ledger.test.admin.query('INSERT INTO balance_monitor (id, account_id, threshold, created_by, created_at) VALUES (uuidv7(), $1, 150, \'p1\', clock_timestamp())', [account!.id]);

  await ledger.post(anEntry({ amount: 100n }));
  await ledger.post(anEntry({ amount: 50n }));
  await ledger.post(anEntry({ amount: 50n }));
  await ledger.post(anEntry({ from: '2002', to: '2001', amount: 60n }));

  const { rows } = await ledger.test.admin.query<{ body: string }>('SELECT body FROM outbox_message ORDER BY sequence');
  expect(rows.map((row) => JSON.parse(row.body))).toMatchObject([
    { accountCode: '2002', direction: 'ABOVE', threshold: '1.50', balance: '1.50' },
    { accountCode: '2002', direction: 'BELOW', balance: '1.40' },
  ]);
});

test('a batch that crosses a threshold and comes back in itself tells nothing, and one that stays at it tells once', async () => {
  const account = await ledger.accounts.findByCode(ledger.database, '2002');
  await ledger.test.admin.query('INSERT INTO balance_monitor (id, account_id, threshold, created_by, created_at) VALUES (uuidv7(), $1, 150, \'p1\', clock_timestamp())', [account!.id]);

  await ledger.post(anEntry({ amount: 200n }), anEntry({ from: '2002', to: '2001', amount: 100n }));
  await ledger.post(anEntry({ amount: 200n }), anEntry({ from: '2002', to: '2001', amount: 200n }), anEntry({ amount: 50n }));
  await Promise.all(Array.from({ length: 8 }, () => ledger.post(anEntry({ amount: 10n }))));

  const { rows } = await ledger.test.admin.query<{ body: string }>('SELECT body FROM outbox_message ORDER BY sequence');
  expect(rows.map((row) => JSON.parse(row.body))).toMatchObject([{ direction: 'ABOVE', balance: '1.50' }]);
});

test('a statement lists the account\'s lines with the balance after each, page by page', async () => {
  for (let batch = 0; batch < 3; batch += 1) await ledger.post(anEntry({ amount: 1n }), anEntry({ from: '2002', to: '2001', amount: 3n }), anEntry({ amount: 5n }));
  const account = await ledger.accounts.findByCode(ledger.database, '2001');
  const range = { from: new Date(0), to: new Date('2100-01-01T00:00:00Z') };
  const pages = [];

  for (let after = null as { sequence: bigint; entry: number; line: number } | null; ; ) {
    const rows = (await ledger.balances.statement(account!, { ...range, after, limit: 2 })).slice(0, 2);
    pages.push(...rows);
    const last = rows.at(-1);
    if (last === undefined || rows.length < 2) break;
    after = { sequence: last.sequence, entry: last.entry_number, line: last.line_number };
  }

  expect(pages.map((row) => row.amount)).toEqual([1n, -3n, 5n, 1n, -3n, 5n, 1n, -3n, 5n]);
  expect(pages.map((row) => row.running)).toEqual([1n, -2n, 3n, 4n, 1n, 6n, 7n, 4n, 9n]);
});
