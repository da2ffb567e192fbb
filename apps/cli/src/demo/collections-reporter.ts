import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { ReportCollectionsV1 } from '@jinku/contracts';
import type { Api } from './api.ts';
import type { SettlementClient } from './settlement-client.ts';

/** What the institution's systems know of collections, from the books of what clients did. */
interface CollectionTotals {
  readonly asOf: string;
  readonly items: readonly {
    readonly clearingHouse: ReportCollectionsV1['clearingHouse'];
    readonly channel: string;
    readonly clearingDate: string;
    readonly count: number;
    readonly amount: string;
    readonly isFinal: boolean;
  }[];
}

const REPORT_EVERY_MS = 500;

/**
 * Plays the part of the settlement service that tells the treasury what clients paid in: totals of each house, channel and clearing date, whenever they
 * have changed, and for the last time when the session is cut. A total that was told twice, or by two reporters, does no harm.
 */
export class CollectionsReporter {
  readonly #simulator: Pick<Api, 'call'>;
  readonly #client: Pick<SettlementClient, 'reportCollections'>;
  readonly #told = new Map<string, string>();
  readonly #stop = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #sequence = 0;

  constructor({ simulator, client }: { simulator: Pick<Api, 'call'>; client: Pick<SettlementClient, 'reportCollections'> }) {
    this.#simulator = simulator;
    this.#client = client;
  }

  /** Reports until `stop`. What could not be told is told in the next round. */
  start(onError: (error: unknown) => void): void {
    this.#running = this.#rounds(onError);
  }

  /** Ends after a last round, so that what was collected until now is told. */
  async stop(): Promise<void> {
    this.#stop.abort();
    await this.#running;
    await this.reportOnce();
  }

  /** How many reports were sent. */
  async reportOnce(): Promise<number> {
    const { asOf, items } = await this.#simulator.call<CollectionTotals>({ path: '/admin/collections' });
    let sent = 0;
    for (const { clearingHouse, channel, clearingDate, count, amount, isFinal } of items) {
      const key = `${clearingHouse}:${clearingDate}:${channel}`;
      const total = `${count} ${amount} ${isFinal}`;
      if (this.#told.get(key) === total) continue;
      const report = { clearingHouse, channel, clearingDate, sequence: this.#nextSequence(asOf), countTotal: count, amountTotal: amount, isFinal, asOf };
      await this.#client.reportCollections(randomUUID(), report);
      this.#told.set(key, total);
      sent += 1;
    }
    return sent;
  }

  /** Grows also over a restart, since the house's time does. */
  #nextSequence(asOf: string): number {
    this.#sequence = Math.max(this.#sequence + 1, Date.parse(asOf));
    return this.#sequence;
  }

  async #rounds(onError: (error: unknown) => void): Promise<void> {
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await this.reportOnce().catch(onError);
      // It only rejects when it is stopped.
      await pause(REPORT_EVERY_MS, undefined, { signal }).catch(() => undefined);
    }
  }
}
