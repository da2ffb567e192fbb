import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Acknowledgements, Api, CHECKOUT, Fates, Institution, readPayoutFiles, SettlementClient, startStack, type Profile, type Stack } from '@jinku/cli';
import type { PayoutRequest } from '@jinku/contracts';

const SEND_AGAIN_AFTER_MS = 100;

/** Shorter than in earnest: a number that the house never saw may be given up within seconds. */
const SETTINGS = { JINKU_PAYOUT_VALIDITY_MS: '3000', JINKU_PAYOUT_QUIET_MS: '500', JINKU_PAYOUT_LEASE_MS: '2000' };

/** A whole installation with its people, merchants and rail, in a folder of its own; `send` keeps the client's promises for the checker. */
export class PayoutWorld {
  readonly stack: Stack;
  readonly client: SettlementClient;
  readonly institution: Institution;
  readonly #acknowledgements: Acknowledgements;
  readonly #results = { cursor: '0' };

  private constructor(stack: Stack, institution: Institution) {
    this.stack = stack;
    this.institution = institution;
    this.client = new SettlementClient({ api: new Api(stack.urls.gateway), gatewayUrl: stack.urls.gateway, keysDir: stack.keysDir });
    this.#acknowledgements = new Acknowledgements(stack.env['JINKU_RAILS_DATABASE_URL'] ?? '', stack.databaseSecret);
  }

  static async start(profile: Profile, settings: Readonly<Record<string, string>> = {}): Promise<PayoutWorld> {
    const stateDir = join(tmpdir(), `jinku-scenario-${process.pid}-${randomUUID().slice(0, 8)}`);
    const stack = await startStack({ profile, stateDir, env: { ...SETTINGS, ...settings } });
    const institution = await Institution.staff(stack);
    await institution.register(readPayoutFiles());
    await institution.arrangeRail(readPayoutFiles());
    return new PayoutWorld(stack, institution);
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
    await this.#record(requests);
    return tookMs;
  }

  /** Reads the results until every request has its final fate. */
  async follow(fates: Fates, { withinMs }: { withinMs: number }): Promise<void> {
    const deadline = performance.now() + withinMs;
    while (fates.finalCount < fates.total && performance.now() < deadline) {
      const page = await this.client.resultsAfter(this.#results.cursor).catch(() => null);
      for (const { data } of page?.items ?? []) data.results.forEach((result) => fates.take(result));
      if (page === null || page.next === this.#results.cursor) await pause(SEND_AGAIN_AFTER_MS);
      if (page !== null) this.#results.cursor = page.next;
    }
  }

  /** The checker's exit code and words: it reads the two sets of books and nothing of ours that runs. */
  check(): { exitCode: number | null; said: string } {
    const run = spawnSync(process.execPath, [join(CHECKOUT, 'apps', 'checker', 'dist', 'main.js'), '--quiescent'], {
      env: { ...process.env, ...this.stack.env },
      encoding: 'utf8',
    });
    return { exitCode: run.status, said: `${run.stdout}${run.stderr}` };
  }

  async stop(): Promise<void> {
    await this.#acknowledgements.close();
    await this.stack.stop();
    rmSync(this.stack.stateDir, { recursive: true, force: true });
  }

  async #record(requests: readonly PayoutRequest[]): Promise<void> {
    for (;;) {
      try {
        return await this.#acknowledgements.record(requests.map(({ requestId }) => ({ requestId, payoutId: null })), 'MESSAGE');
      } catch {
        // The client's own book is in the database that was just killed: it writes its line again.
        await pause(SEND_AGAIN_AFTER_MS);
      }
    }
  }
}
