import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { Api, Fates, Institution, readPayoutFiles, SettlementClient } from '@jinku/cli';
import type { PayoutRequest } from '@jinku/contracts';
import type { CheckoutCopy } from './checkout-copy.ts';

const READ_EVERY_MS = 100;
const REQUESTS_PER_MESSAGE = 50;

/** The settlement service of a checkout's running stack, whose people and merchants it has set up. */
export class LaunchedClient {
  readonly #client: SettlementClient;

  private constructor(client: SettlementClient) {
    this.#client = client;
  }

  static async of({ stack }: CheckoutCopy): Promise<LaunchedClient> {
    const institution = await Institution.staff(stack);
    await institution.register(readPayoutFiles());
    await institution.arrangeRail(readPayoutFiles());
    return LaunchedClient.again(stack);
  }

  /** After a restart: everybody is registered already. */
  static again({ urls, keysDir }: CheckoutCopy['stack']): LaunchedClient {
    return new LaunchedClient(new SettlementClient({ api: new Api(urls.gateway), gatewayUrl: urls.gateway, keysDir }));
  }

  async send(requests: readonly PayoutRequest[]): Promise<void> {
    for (let from = 0; from < requests.length; from += REQUESTS_PER_MESSAGE) {
      await this.#client.sendMessage(randomUUID(), { messageKey: 'M10001', requests: requests.slice(from, from + REQUESTS_PER_MESSAGE) });
    }
  }

  async fatesOf(requests: readonly PayoutRequest[], { withinMs }: { withinMs: number }): Promise<Fates> {
    const fates = new Fates(requests);
    const deadline = performance.now() + withinMs;
    for (let cursor = '0'; fates.finalCount < fates.total && performance.now() < deadline; ) {
      const { items, next } = await this.#client.resultsAfter(cursor);
      for (const { data } of items) data.results.forEach((result) => fates.take(result));
      if (next === cursor) await pause(READ_EVERY_MS);
      cursor = next;
    }
    return fates;
  }
}
