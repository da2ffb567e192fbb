import { Pool, type Dispatcher } from 'undici';
import { GENERAL_REFUSALS } from '@jinku/errors';
import type { GatewayConfig, Upstream } from '../config.ts';

const CONNECT_TIMEOUT_MS = 2_000;
/** Shorter than the services keep an idle connection, so that we close it before they do while a request is on its way. */
const KEEP_ALIVE_MS = 4_000;
const READINESS_TIMEOUT_MS = 2_000;
const DOCUMENT_TIMEOUT_MS = 5_000;

export type Readiness = 'up' | 'down';

/** Keep-alive connections to each service behind the gateway. */
export class Upstreams {
  readonly #pools: ReadonlyMap<Upstream, Pool>;

  constructor({ upstreamUrls, upstreamConnections, upstreamTimeoutMs }: Pick<GatewayConfig, 'upstreamUrls' | 'upstreamConnections' | 'upstreamTimeoutMs'>) {
    this.#pools = new Map(
      (Object.entries(upstreamUrls) as [Upstream, string][]).map(([name, url]) => [
        name,
        new Pool(new URL(url).origin, {
          connections: upstreamConnections,
          pipelining: 1,
          connect: { timeout: CONNECT_TIMEOUT_MS },
          keepAliveTimeout: KEEP_ALIVE_MS,
          headersTimeout: upstreamTimeoutMs,
          bodyTimeout: upstreamTimeoutMs,
        }),
      ]),
    );
  }

  get names(): readonly Upstream[] {
    return [...this.#pools.keys()];
  }

  /** Throws UNAVAILABLE when no answer came; whether the service did the work is then unknown, which is what idempotency keys are for. */
  async request(name: Upstream, options: Dispatcher.RequestOptions): Promise<Dispatcher.ResponseData> {
    try {
      return await this.#poolOf(name).request(options);
    } catch (cause) {
      throw GENERAL_REFUSALS.UNAVAILABLE({ detail: `The service ${name} does not answer; send the same request again with the same key.`, cause });
    }
  }

  async readiness(name: Upstream): Promise<Readiness> {
    try {
      const { statusCode, body } = await this.#poolOf(name).request({ method: 'GET', path: '/health/ready', signal: AbortSignal.timeout(READINESS_TIMEOUT_MS) });
      await body.dump();
      return statusCode === 200 ? 'up' : 'down';
    } catch {
      // Not answering is the answer.
      return 'down';
    }
  }

  async openApi(name: Upstream): Promise<unknown> {
    const { statusCode, body } = await this.request(name, { method: 'GET', path: '/openapi.json', signal: AbortSignal.timeout(DOCUMENT_TIMEOUT_MS) });
    if (statusCode !== 200) {
      await body.dump();
      throw GENERAL_REFUSALS.UNAVAILABLE({ detail: `The service ${name} has no document to show.` });
    }
    return body.json();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pool) => pool.destroy()));
  }

  #poolOf(name: Upstream): Pool {
    const pool = this.#pools.get(name);
    if (pool === undefined) throw new Error(`no address for the service ${name}`);
    return pool;
  }
}
