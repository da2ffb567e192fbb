import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Acknowledgements, Api, CHECKOUT, Fates, SettlementClient, startStack, type Acknowledgement, type Profile, type Stack } from '@jinku/cli';
import type { ClearingHouse, PayoutRequest, PayoutResultsReportedV1 } from '@jinku/contracts';
import { BookReader } from './book-reader.ts';

const SEND_AGAIN_AFTER_MS = 100;
const CHECKED_AGAIN_AFTER_MS = 1_000;

/** Shorter than in earnest: a number that the house never saw may be given up within seconds. */
const SETTINGS = { JINKU_PAYOUT_VALIDITY_MS: '3000', JINKU_PAYOUT_QUIET_MS: '500', JINKU_PAYOUT_LEASE_MS: '2000' };

/** As `PUT /admin/faults` of the simulator takes it. */
export interface FaultPlan {
  readonly rates?: Readonly<Record<string, { readonly share: number; readonly delayMs?: number }>>;
  readonly script?: readonly {
    readonly operation?: 'QUOTA_INCREASE' | 'QUOTA_DECREASE';
    readonly payeeAccount?: string;
    readonly bankCode?: string;
    readonly amount?: string;
    readonly occurrence?: number;
    readonly fault: string | null;
    readonly delayMs?: number;
    readonly code?: string;
  }[];
  readonly bills?: readonly { readonly clearingDate?: string; readonly amount?: string; readonly fault: string }[];
}

export type Told = PayoutResultsReportedV1['results'][number];

export interface Verdict {
  readonly exitCode: number | null;
  readonly said: string;
}

/** A stack in a folder of its own, with the settings of scenarios. */
export async function startInstallation(profile: Profile, settings: Readonly<Record<string, string>>): Promise<Stack> {
  const stateDir = join(tmpdir(), `jinku-scenario-${process.pid}-${randomUUID().slice(0, 8)}`);
  return await startStack({ profile, stateDir, env: { ...SETTINGS, ...settings } });
}

/** A whole installation, whoever works in it; what is sent through it keeps the client's promises for the checker. */
export class Installation {
  readonly stack: Stack;
  readonly client: SettlementClient;
  readonly gateway: Api;
  /** The simulator's own door: what the outside world does. */
  readonly rail: Api;
  readonly books: BookReader;
  protected readonly acknowledgements: Acknowledgements;
  /** Everything told so far: a request may have its fate before anybody asks about it. */
  readonly #told: Told[] = [];
  #cursor = '0';

  protected constructor(stack: Stack) {
    this.stack = stack;
    this.gateway = new Api(stack.urls.gateway);
    this.rail = new Api(stack.urls['rail-simulator']);
    this.client = new SettlementClient({ api: this.gateway, gatewayUrl: stack.urls.gateway, keysDir: stack.keysDir });
    this.books = new BookReader(stack);
    this.acknowledgements = new Acknowledgements(stack.env['JINKU_RAILS_DATABASE_URL'] ?? '', stack.databaseSecret);
  }

  /** From now on the house misbehaves like this, and no otherwise. */
  async playFaults(plan: FaultPlan, house: ClearingHouse = 'NETSUNION'): Promise<void> {
    await this.rail.call({ method: 'PUT', path: `/admin/faults?house=${house}`, body: plan });
  }

  /** Sends one signed message until it is acknowledged, always under the same id; tells how long that took. */
  async send(requests: readonly PayoutRequest[]): Promise<number> {
    const messageId = randomUUID();
    const began = performance.now();
    for (;;) {
      try {
        await this.client.sendMessage(messageId, { messageKey: requests[0]?.merchantId ?? '', requests });
        break;
      } catch {
        // A part is being started again: the same message goes out once more.
        await pause(SEND_AGAIN_AFTER_MS);
      }
    }
    const tookMs = performance.now() - began;
    await this.#record(requests.map(({ requestId }) => ({ requestId, payoutId: null })), 'MESSAGE');
    return tookMs;
  }

  /** Asks for a batch by the API; every row has to be taken. Answers with the payouts' ids, in the order of the requests. */
  async sendBatch(requests: readonly PayoutRequest[]): Promise<string[]> {
    const { rows } = await this.client.requestBatch(requests);
    const payoutIds = rows.map(({ payoutId, refusal }) => {
      if (payoutId === undefined) throw new Error(`a row was refused: ${JSON.stringify(refusal)}`);
      return payoutId;
    });
    await this.#record(requests.map(({ requestId }, index) => ({ requestId, payoutId: payoutIds[index] ?? null })), 'BATCH');
    return payoutIds;
  }

  /** Asks for one payout by the API, which has to take it. */
  async sendOne(request: PayoutRequest): Promise<string> {
    const { status, body } = await this.client.requestOne(request);
    if (status !== 201) throw new Error(`the request was answered ${status}: ${JSON.stringify(body)}`);
    const { payoutId } = body as { payoutId: string };
    await this.#record([{ requestId: request.requestId, payoutId }], 'SINGLE');
    return payoutId;
  }

  /** Reads the results until every request has its final fate. */
  async follow(fates: Fates, { withinMs }: { withinMs: number }): Promise<void> {
    const deadline = performance.now() + withinMs;
    this.#told.forEach((result) => fates.take(result));
    while (fates.finalCount < fates.total && performance.now() < deadline) {
      const results = await this.readResults().catch(() => []);
      results.forEach((result) => fates.take(result));
      if (results.length === 0) await pause(SEND_AGAIN_AFTER_MS);
    }
  }

  /** The results told since they were read last. */
  async readResults(): Promise<readonly Told[]> {
    const { items, next } = await this.client.resultsAfter(this.#cursor);
    const results = items.flatMap(({ data }) => data.results);
    this.#told.push(...results);
    this.#cursor = next;
    return results;
  }

  /** All results read so far. */
  get told(): readonly Told[] {
    return this.#told;
  }

  /** The results told of one request so far, in their order. */
  toldOf(requestId: string): readonly Told[] {
    return this.#told.filter((result) => result.requestId === requestId);
  }

  /**
   * The verdict on books that are at rest. The ledger books a moment after a payout has ended, so what is merely late is waited for; what is
   * wrong stays wrong.
   */
  async verdict({ withinMs = 20_000 }: { withinMs?: number } = {}): Promise<Verdict> {
    const deadline = performance.now() + withinMs;
    for (;;) {
      const verdict = this.check();
      if (verdict.exitCode === 0 || performance.now() > deadline) return verdict;
      await pause(CHECKED_AGAIN_AFTER_MS);
    }
  }

  /** The checker's exit code and words: it reads the two sets of books and nothing of ours that runs. */
  check(): Verdict {
    const run = spawnSync(process.execPath, [join(CHECKOUT, 'apps', 'checker', 'dist', 'main.js'), '--quiescent'], {
      env: { ...process.env, ...this.stack.env },
      encoding: 'utf8',
    });
    return { exitCode: run.status, said: `${run.stdout}${run.stderr}` };
  }

  async stop(): Promise<void> {
    await Promise.all([this.acknowledgements.close(), this.books.close()]);
    await this.stack.stop();
    rmSync(this.stack.stateDir, { recursive: true, force: true });
  }

  async #record(acknowledged: readonly Acknowledgement[], how: 'MESSAGE' | 'BATCH' | 'SINGLE'): Promise<void> {
    for (;;) {
      try {
        return await this.acknowledgements.record(acknowledged, how);
      } catch {
        // The client's own book is in the database that was just killed: it writes its line again.
        await pause(SEND_AGAIN_AFTER_MS);
      }
    }
  }
}
