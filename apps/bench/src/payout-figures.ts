import { readdirSync, readFileSync } from 'node:fs';
import type { Stack } from '@jinku/cli';
import type pg from 'pg';

const CLOCK_TICKS_PER_SECOND = 100;
/** The parts of a name in `ps` that tell PostgreSQL's processes apart: a role and its database, or a task of its own. */
const BACKEND_NAME = /^postgres: (?:[\w-]+: )?(?:(jinku_\w+|postgres) \w+|([a-z ]+))/;
const STEP_METRIC = /^jinku_(\w+)_(sum|count)(?:\{([^}]*)\})? (\S+)$/gm;

/** Statements of one text, by the role that runs them. */
export interface StatementFigures {
  readonly role: string;
  readonly text: string;
  readonly calls: number;
  readonly milliseconds: number;
}

/** How long one step took in all, and how often it was taken. */
export interface StepFigures {
  readonly seconds: number;
  readonly count: number;
}

/** Running totals; the difference of two of them is what a stretch of time cost. */
export interface PayoutFigures {
  readonly atMs: number;
  readonly finals: number;
  readonly cpuSeconds: ReadonlyMap<string, number>;
  readonly statements: ReadonlyMap<string, StatementFigures>;
  readonly commits: number;
  readonly walBytes: number;
  readonly messages: ReadonlyMap<string, number>;
  readonly steps: ReadonlyMap<string, StepFigures>;
}

export async function readFigures(stack: Stack, database: pg.Pool, finals: number): Promise<PayoutFigures> {
  const atMs = performance.now();
  const cpuSeconds = cpuOf(stack);
  const steps = await stepsOf(stack);
  const statements = await database.query<StatementFigures & { id: string }>(
    `SELECT s.queryid::text || r.rolname AS id, r.rolname AS role, s.query AS text, sum(s.calls)::float8 AS calls,
       sum(s.total_exec_time + s.total_plan_time)::float8 AS milliseconds
     FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname LIKE 'jinku\\_%' GROUP BY 1, 2, 3`,
  );
  const sums = await database.query<{ commits: number; walBytes: number }>(
    `SELECT (SELECT sum(xact_commit)::float8 FROM pg_stat_database WHERE datname LIKE 'jinku%') AS commits,
       pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS "walBytes"`,
  );
  return {
    atMs,
    finals,
    cpuSeconds,
    steps,
    statements: new Map(statements.rows.map((row) => [row.id, row])),
    commits: sums.rows[0]?.commits ?? 0,
    walBytes: sums.rows[0]?.walBytes ?? 0,
    messages: await messagesOf(database),
  };
}

/** Messages that each service has published, by type. */
async function messagesOf(database: pg.Pool): Promise<ReadonlyMap<string, number>> {
  const schemas = await database.query<{ schema: string }>(`SELECT schemaname AS schema FROM pg_tables WHERE tablename = 'outbox_batch' ORDER BY 1`);
  const selects = schemas.rows.map(({ schema }) => `SELECT type, sum(message_count)::float8 AS count FROM ${schema}.outbox_batch GROUP BY type`);
  if (selects.length === 0) return new Map();
  const { rows } = await database.query<{ type: string; count: number }>(selects.join(' UNION ALL '));
  return new Map(rows.map(({ type, count }) => [type, count]));
}

/** User and system seconds of the bench itself and of each part of the stack; PostgreSQL's by what its processes do. */
function cpuOf(stack: Stack): ReadonlyMap<string, number> {
  const { user, system } = process.cpuUsage();
  const cpu = new Map([['settlement client (this bench)', (user + system) / 1_000_000]]);
  const postgres = stack.processes.find(({ name }) => name === 'postgres')?.pid;
  for (const { name, pid } of stack.processes) if (pid !== null && name !== 'postgres') cpu.set(name, readProcess(pid)?.ownSeconds ?? 0);
  if (postgres === undefined || postgres === null) return cpu;
  cpu.set('postgres, ended', readProcess(postgres)?.childrenSeconds ?? 0);
  for (const entry of readdirSync('/proc')) {
    const found = /^\d+$/.test(entry) ? readProcess(Number(entry)) : null;
    if (found?.parent !== postgres) continue;
    const match = BACKEND_NAME.exec(readFileSync(`/proc/${entry}/cmdline`, 'utf8').split('\0')[0] ?? '');
    const name = `postgres, ${match?.[1] ?? match?.[2] ?? 'other'}`;
    cpu.set(name, (cpu.get(name) ?? 0) + found.ownSeconds);
  }
  return cpu;
}

function readProcess(pid: number): { parent: number; ownSeconds: number; childrenSeconds: number } | null {
  let fields: string[];
  try {
    fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ') ?? [];
  } catch {
    // It has ended since the folder was read.
    return null;
  }
  const seconds = (...indices: number[]): number => indices.reduce((sum, index) => sum + Number(fields[index]), 0) / CLOCK_TICKS_PER_SECOND;
  return { parent: Number(fields[1]), ownSeconds: seconds(11, 12), childrenSeconds: seconds(13, 14) };
}

/** The histograms of all services: each is a step on a payout's way. */
async function stepsOf(stack: Stack): Promise<ReadonlyMap<string, StepFigures>> {
  const steps = new Map<string, { seconds: number; count: number }>();
  for (const { url, name } of stack.processes) {
    if (url === null || !Object.hasOwn(stack.urls, name)) continue;
    const answer = await fetch(`${url}/metrics`).catch(() => null);
    for (const [, metric, kind, labels, value] of (answer?.ok === true ? await answer.text() : '').matchAll(STEP_METRIC)) {
      const told = (labels ?? '').split(',').filter((label) => !label.startsWith('service=')).join(' ');
      const step = `${name} ${metric}${told === '' ? '' : ` ${told}`}`;
      const sums = steps.get(step) ?? { seconds: 0, count: 0 };
      if (kind === 'sum') sums.seconds += Number(value);
      else sums.count += Number(value);
      steps.set(step, sums);
    }
  }
  return steps;
}
