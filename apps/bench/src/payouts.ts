import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Acknowledgements, Api, CHECKOUT, Institution, readPayoutFiles, SettlementClient, startStack, type Stack } from '@jinku/cli';
import type { PayoutRequest } from '@jinku/contracts';
import { rolePassword } from '@jinku/persistence';
import pg from 'pg';

/** P2 of the spine, on the cluster profile with everything on one machine. */
const PAYOUTS_PER_SECOND_MIN = 1_500;
const REQUESTS_PER_MESSAGE = 200;
/** Requests on their way at once: enough to fill every batch, little enough to say that the rate is sustained. */
const UNDER_WAY_MAX = 8_000;
const WARM_UP_MS = 10_000;
const DRAINED_WITHIN_MS = 60_000;
const CLOCK_TICKS_PER_SECOND = 100;
const FINAL: ReadonlySet<string> = new Set(['SUCCEEDED', 'FAILED', 'REJECTED', 'CANCELLED', 'EXPIRED']);
/** Statements and commits that grow with payouts instead of batches would be above one each. */
const STATEMENTS_PER_PAYOUT_MAX = 1;
const COMMITS_PER_PAYOUT_MAX = 0.3;

export interface PayoutBenchOptions {
  readonly seconds: number;
  readonly isAsserting: boolean;
  readonly print: (line: string) => void;
}

interface Figures {
  readonly cpuSeconds: ReadonlyMap<string, number>;
  readonly statements: number;
  readonly commits: number;
  readonly finals: number;
  readonly atMs: number;
}

/** Returns whether the bars are met; the rate counts only when the checker is clean afterwards. */
export async function runPayoutBench({ seconds, isAsserting, print }: PayoutBenchOptions): Promise<boolean> {
  const stateDir = join(tmpdir(), `jinku-bench-${process.pid}`);
  const stack = await startStack({ profile: 'cluster', stateDir });
  const database = adminOf(stack);
  try {
    const files = { ...readPayoutFiles(), faults: '{}' };
    const institution = await Institution.staff(stack);
    await institution.register(files);
    await institution.arrangeRail(files);
    const load = new Load(stack, files.requests.map(({ request }) => request));
    const sending = load.run(WARM_UP_MS + seconds * 1_000);
    await pause(WARM_UP_MS);
    const before = await figuresOf(stack, database, load);
    await sending;
    const after = await figuresOf(stack, database, load);
    await load.drain();
    const rate = ((after.finals - before.finals) * 1_000) / (after.atMs - before.atMs);
    report({ before, after, rate, print });
    const isClean = verdict(stack, print);
    const isLean = costPerPayout(before, after).isLean;
    return isClean && load.isDrained && rate >= PAYOUTS_PER_SECOND_MIN && (isLean || !isAsserting);
  } finally {
    await database.end();
    await stack.stop();
    rmSync(stateDir, { recursive: true, force: true });
  }
}

/** The settlement service under pressure: sends as long as little enough is under way, and reads every result. */
class Load {
  readonly #client: SettlementClient;
  readonly #acknowledgements: Acknowledgements;
  readonly #templates: readonly PayoutRequest[];
  #sent = 0;
  #finals = 0;
  #cursor = '0';

  constructor(stack: Stack, templates: readonly PayoutRequest[]) {
    this.#client = new SettlementClient({ api: new Api(stack.urls.gateway), gatewayUrl: stack.urls.gateway, keysDir: stack.keysDir });
    this.#acknowledgements = new Acknowledgements(stack.env['JINKU_RAILS_DATABASE_URL'] ?? '', stack.databaseSecret);
    this.#templates = templates;
  }

  get finals(): number {
    return this.#finals;
  }

  get isDrained(): boolean {
    return this.finals >= this.#sent;
  }

  async run(durationMs: number): Promise<void> {
    const until = performance.now() + durationMs;
    const reading = this.#read(() => performance.now() < until);
    while (performance.now() < until) {
      if (this.#sent - this.finals > UNDER_WAY_MAX) await pause(5);
      else await this.#sendOne();
    }
    await reading;
  }

  async drain(): Promise<void> {
    const until = performance.now() + DRAINED_WITHIN_MS;
    await this.#read(() => !this.isDrained && performance.now() < until);
    await this.#acknowledgements.close();
  }

  async #sendOne(): Promise<void> {
    const requests = Array.from({ length: REQUESTS_PER_MESSAGE }, (_, index): PayoutRequest => {
      const template = this.#templates[(this.#sent + index) % this.#templates.length] as PayoutRequest;
      return { ...template, requestId: `BENCH-${String(this.#sent + index).padStart(10, '0')}` };
    });
    await this.#client.sendMessage(randomUUID(), { messageKey: requests[0]?.merchantId ?? '', requests });
    await this.#acknowledgements.record(requests.map(({ requestId }) => ({ requestId, payoutId: null })), 'MESSAGE');
    this.#sent += requests.length;
  }

  async #read(goesOn: () => boolean): Promise<void> {
    while (goesOn()) {
      const page = await this.#client.resultsAfter(this.#cursor);
      for (const { data } of page.items) {
        for (const { state } of data.results) {
          if (FINAL.has(state)) this.#finals += 1;
        }
      }
      if (page.next === this.#cursor) await pause(20);
      this.#cursor = page.next;
    }
  }
}

function adminOf(stack: Stack): pg.Pool {
  const url = new URL(stack.databaseUrl);
  const address = { host: url.hostname, port: Number(url.port), database: url.pathname.slice(1), secret: stack.databaseSecret };
  return new pg.Pool({ host: address.host, port: address.port, database: address.database, user: 'postgres', password: rolePassword(address, 'postgres'), max: 1 });
}

async function figuresOf(stack: Stack, database: pg.Pool, load: Load): Promise<Figures> {
  const { rows } = await database.query<{ statements: string; commits: string }>(
    `SELECT (SELECT coalesce(sum(s.calls), 0) FROM pg_stat_statements s JOIN pg_roles r ON r.oid = s.userid WHERE r.rolname LIKE 'jinku_%') AS statements,
            (SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()) AS commits`,
  );
  const cpuSeconds = new Map(stack.processes.map(({ name, pid }) => [name, pid === null ? 0 : cpuSecondsOf(pid)]));
  return { cpuSeconds, statements: Number(rows[0]?.statements), commits: Number(rows[0]?.commits), finals: load.finals, atMs: performance.now() };
}

/** User and system time of a process and of the children it has waited for; PostgreSQL's live backends are not in it. */
function cpuSecondsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return [11, 12, 13, 14].reduce((sum, index) => sum + Number(fields[index] ?? 0), 0) / CLOCK_TICKS_PER_SECOND;
}

function costPerPayout(before: Figures, after: Figures): { statements: number; commits: number; isLean: boolean } {
  const payouts = Math.max(1, after.finals - before.finals);
  const statements = (after.statements - before.statements) / payouts;
  const commits = (after.commits - before.commits) / payouts;
  return { statements, commits, isLean: statements <= STATEMENTS_PER_PAYOUT_MAX && commits <= COMMITS_PER_PAYOUT_MAX };
}

function report({ before, after, rate, print }: { before: Figures; after: Figures; rate: number; print: (line: string) => void }): void {
  const payouts = Math.max(1, after.finals - before.finals);
  for (const [name, spent] of after.cpuSeconds) {
    const micros = ((spent - (before.cpuSeconds.get(name) ?? 0)) * 1_000_000) / payouts;
    print(`${name.padEnd(16)} ${micros.toFixed(0)} µs of CPU per payout`);
  }
  const { statements, commits } = costPerPayout(before, after);
  print(`statements ${statements.toFixed(3)} and commits ${commits.toFixed(3)} per payout`);
  print(`P2 ${rate.toFixed(0)} ${PAYOUTS_PER_SECOND_MIN} hmac-sm3`);
}

function verdict(stack: Stack, print: (line: string) => void): boolean {
  const run = spawnSync(process.execPath, [join(CHECKOUT, 'apps', 'checker', 'dist', 'main.js'), '--quiescent'], { env: { ...process.env, ...stack.env }, encoding: 'utf8' });
  print(run.stdout.trim().split('\n').slice(-12).join('\n'));
  return run.status === 0;
}
