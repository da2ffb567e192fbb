import { randomBytes } from 'node:crypto';
import { systemClock } from '@jinku/calendar';
import { invariant } from '@jinku/errors';
import { Chart, InternalAccountRepository, JournalRepository, ledgerMigrations, PostEntries, type EntryDraft } from '@jinku/ledger';
import { Outbox, uuidv7 } from '@jinku/messaging';
import { Database, databaseAddress, migrate, rolePassword, type DatabaseAddress } from '@jinku/persistence';
import pg from 'pg';

const ENTRIES_PER_BATCH = 1_000;
const LINES_PER_ENTRY = 2;
const BATCHES = 20;
const WARM_UP_BATCHES = 10;
const WRITERS = 2;
const SPREAD_ACCOUNTS = 10_000;
const POSTINGS_PER_SECOND_MIN = 20_000;
const SHARE_OF_LEAN_MIN = 0.5;
const SHARE_OF_SPREAD_MIN = 0.9;
/** Short rounds in changing order; their medians count, since the machine is shared and the tables grow. */
const ROUNDS = 7;

export interface BenchFigure {
  readonly bar: 'P1' | 'P4';
  readonly value: number;
  readonly threshold: number;
  readonly isMet: boolean;
  readonly line: string;
}

export interface LedgerBenchOptions {
  readonly databaseUrl: string;
  readonly databaseSecret: string;
  readonly databaseAdmin: string;
  readonly seed: number;
  readonly print: (line: string) => void;
}

type PostBatch = (entries: readonly EntryDraft[]) => Promise<void>;

/** P1: postings per second through the batch path, beside the leanest SQL for the same rows. P4: one hot account beside 10,000. In a database of its own. */
export async function runLedgerBench(options: LedgerBenchOptions): Promise<BenchFigure[]> {
  const bench = await openBench(options);
  try {
    const random = mulberry32(options.seed);
    const hot = (): EntryDraft[] => batchOf(() => ['2001', '2002'], random);
    const oneHot = (): EntryDraft[] => batchOf(() => ['2001', spreadCode(random)], random);
    const spread = (): EntryDraft[] => batchOf(() => [spreadCode(random), spreadCode(random)], random);
    await measure(bench.post, hot, WARM_UP_BATCHES);
    const rates = { service: [] as number[], lean: [] as number[], hot: [] as number[], spread: [] as number[] };
    const measurements = [
      async () => rates.service.push(await measure(bench.post, hot)),
      async () => rates.lean.push(await measure(bench.postLean, hot)),
      async () => rates.hot.push(await measure(bench.post, oneHot)),
      async () => rates.spread.push(await measure(bench.post, spread)),
    ];
    for (let round = 0; round < ROUNDS; round += 1) {
      for (const run of round % 2 === 0 ? measurements : measurements.toReversed()) await run();
    }
    const [service, lean, hotRate, spreadRate] = [rates.service, rates.lean, rates.hot, rates.spread].map(median) as [number, number, number, number];
    const figures = [
      figure({ bar: 'P1', value: service, threshold: Math.max(POSTINGS_PER_SECOND_MIN, lean * SHARE_OF_LEAN_MIN), seed: options.seed }),
      figure({ bar: 'P4', value: hotRate / spreadRate, threshold: SHARE_OF_SPREAD_MIN, seed: options.seed }),
    ];
    for (const { line } of figures) options.print(line);
    options.print(`ledger: ${Math.round(service)} postings/s, leanest SQL ${Math.round(lean)}/s, one hot account ${Math.round(hotRate)}/s, spread over ${SPREAD_ACCOUNTS} ${Math.round(spreadRate)}/s`);
    return figures;
  } finally {
    await bench.close();
  }
}

function figure({ bar, value, threshold, seed }: { bar: 'P1' | 'P4'; value: number; threshold: number; seed: number }): BenchFigure {
  const shown = (number: number): string => (number > 100 ? String(Math.round(number)) : number.toFixed(2));
  return { bar, value, threshold, isMet: value >= threshold, line: `${bar} ${shown(value)} ${shown(threshold)} ${seed}` };
}

/** Lines per second. The drafts are made before the clock starts: the service gets them from messages. */
async function measure(post: PostBatch, batch: () => EntryDraft[], batches = BATCHES): Promise<number> {
  const waiting = Array.from({ length: batches }, batch);
  const startedAt = performance.now();
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) await post(next);
    }),
  );
  return (batches * ENTRIES_PER_BATCH * LINES_PER_ENTRY) / ((performance.now() - startedAt) / 1_000);
}

function batchOf(accounts: () => readonly [string, string] | readonly string[], random: () => number): EntryDraft[] {
  return Array.from({ length: ENTRIES_PER_BATCH }, () => {
    const [from, to] = accounts();
    invariant(from !== undefined && to !== undefined, 'an entry has two accounts');
    const amount = BigInt(1 + Math.floor(random() * 1_000_000));
    return {
      id: uuidv7(), unit: 'CNY', rule: 'payout-dispatched.v1', reference: uuidv7(), valueDate: '2026-11-21',
      lines: [{ account: from, amount }, { account: to, amount: -amount }],
    };
  });
}

function spreadCode(random: () => number): string {
  return `7001.${Math.floor(random() * SPREAD_ACCOUNTS)}`;
}

interface Bench {
  readonly post: PostBatch;
  readonly postLean: PostBatch;
  close(): Promise<void>;
}

async function openBench(options: LedgerBenchOptions): Promise<Bench> {
  const server = databaseAddress(options.databaseUrl, options.databaseSecret);
  const address: DatabaseAddress = { ...server, database: `bench_ledger_${randomBytes(4).toString('hex')}` };
  const admin = (database: string): pg.Pool =>
    new pg.Pool({ host: server.host, port: server.port, database, user: options.databaseAdmin, password: rolePassword(server, options.databaseAdmin), max: 1 });
  const owner = admin('postgres');
  await owner.query(`CREATE DATABASE ${address.database}`);
  await migrate({ address, admin: options.databaseAdmin, name: 'ledger', migrations: ledgerMigrations });
  const seed = admin(address.database);
  await seed.query(SPREAD_ACCOUNTS_SQL, [SPREAD_ACCOUNTS]);
  await seed.end();
  const database = await Database.open({ address, name: 'ledger', poolMax: WRITERS + 1, statementTimeoutMs: 60_000 });
  const accounts = new InternalAccountRepository();
  const chart = new Chart(accounts);
  const postEntries = new PostEntries(chart, new JournalRepository(), new Outbox({ source: 'ledger', clock: systemClock }), systemClock);
  const known = await chart.resolve(database, ['2001']);
  return {
    post: (entries) => database.transaction((tx) => postEntries.execute(tx, entries)),
    postLean: (entries) => postLean(database, entries, (code) => known.get(code)!.id),
    close: async () => {
      await database.close();
      await owner.query(`DROP DATABASE ${address.database} WITH (FORCE)`);
      await owner.end();
    },
  };
}

const SPREAD_ACCOUNTS_SQL = `
  WITH opened AS (
    INSERT INTO ledger.internal_account (code, name, unit, normal_side, is_control, state, opened_at)
    SELECT '7001.' || n, 'bench', 'CNY', 'CREDIT', false, 'OPEN', clock_timestamp() FROM generate_series(0, $1::integer - 1) AS n RETURNING id
  ) INSERT INTO ledger.account_balance (account_id) SELECT id FROM opened`;

/** The leanest SQL that leaves the same rows: no check, no hash, no rule; what stands in a hash column is a constant. */
async function postLean(database: Database, entries: readonly EntryDraft[], idOf: (code: string) => number): Promise<void> {
  const ids = entries.map((entry) => entry.id);
  const references = entries.map((entry) => entry.reference);
  const accounts: number[] = [];
  const amounts: bigint[] = [];
  const numbers: number[] = [];
  const places: number[] = [];
  const debits = new Map<number, bigint>();
  const credits = new Map<number, bigint>();
  entries.forEach((entry, index) =>
    entry.lines.forEach((line, place) => {
      const id = idOf(line.account);
      accounts.push(id);
      amounts.push(line.amount);
      numbers.push(index + 1);
      places.push(place + 1);
      debits.set(id, (debits.get(id) ?? 0n) + (line.amount > 0n ? line.amount : 0n));
      credits.set(id, (credits.get(id) ?? 0n) - (line.amount < 0n ? line.amount : 0n));
    }),
  );
  const touched = [...debits.keys()];
  await database.transaction(async (tx) => {
    await tx.execute(
      `WITH batch AS MATERIALIZED (SELECT nextval('journal_batch_id') AS id)
       INSERT INTO journal_entry (batch_id, entry_number, value_date, id, unit, rule, reference, hash)
       SELECT batch.id, generate_series(1, cardinality($1::uuid[])), '2026-11-21', unnest($1::uuid[]), 'CNY', 'payout-dispatched.v1', unnest($2::text[]),
         decode(repeat('00', 32), 'hex')
       FROM batch`,
      [ids, references],
    );
    await tx.execute(
      `INSERT INTO journal_line (batch_id, entry_number, line_number, account_id, amount)
       SELECT (SELECT currval('journal_batch_id')), unnest($1::integer[]), unnest($2::smallint[]), unnest($3::integer[]), unnest($4::bigint[])`,
      [numbers, places, accounts, amounts],
    );
    await tx.execute(
      `WITH head AS (UPDATE journal_head SET sequence = sequence + 1 RETURNING sequence),
       batch AS (
         INSERT INTO journal_batch (sequence, id, booked_at, entry_count, line_count, root, hash)
         SELECT sequence, currval('journal_batch_id'), clock_timestamp(), $4, $5, decode(repeat('00', 32), 'hex'), decode(repeat('00', 32), 'hex') FROM head
       ), moved AS (
         UPDATE account_balance b SET debit_total = b.debit_total + d.debit, credit_total = b.credit_total + d.credit
         FROM head, unnest($1::integer[], $2::bigint[], $3::bigint[]) AS d(account_id, debit, credit) WHERE b.account_id = d.account_id
         RETURNING b.account_id, b.debit_total, b.credit_total, head.sequence
       ) INSERT INTO balance_point (sequence, account_id, debit_total, credit_total) SELECT sequence, account_id, debit_total, credit_total FROM moved`,
      [
        `{${touched.join(',')}}`, `{${touched.map((id) => debits.get(id)).join(',')}}`, `{${touched.map((id) => credits.get(id)).join(',')}}`,
        entries.length, accounts.length,
      ],
    );
  });
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
}

/** The same amounts and accounts for the same seed. */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
