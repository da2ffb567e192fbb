import type { IncomingHttpHeaders } from 'node:http';

import { Pool, type Dispatcher } from 'undici';

import { AnswerDetail } from './payout-rail.ts';

export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
  readonly timeoutMs: number;
  readonly signal: AbortSignal | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What went wrong before a whole answer was there. */
export type WireFault = Extract<AnswerDetail, 'TIMEOUT' | 'CONNECTION_LOST' | 'NOT_CONNECTED' | 'ABORTED' | 'BODY_TOO_LARGE'>;

/** No answer of a rail is longer; what is longer is not read to its end. */
const ANSWER_BYTES_MAX = 65_536;
const CONNECT_TIMEOUT_MS = 3_000;
/** Shorter than any server's, so that we close an idle connection before the other side does while a request is on its way. */
const KEEP_ALIVE_MS = 4_000;

/**
 * Keep-alive connections to one rail, one request at a time on each. Resolves with an answer or a fault; never rejects, never sends a
 * request twice.
 */
export class HttpExchange {
  readonly #pool: Pool;

  constructor({ origin, connections }: { origin: string; connections: number }) {
    this.#pool = new Pool(origin, {
      connections,
      pipelining: 1,
      keepAliveTimeout: KEEP_ALIVE_MS,
      connect: { timeout: CONNECT_TIMEOUT_MS },
      // Our own timer covers the whole exchange, queueing included; undici's would only cost.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  send(request: HttpRequest): Promise<HttpAnswer | WireFault> {
    return new Promise((resolve) => {
      const exchange = new Exchange(request, resolve);
      if (exchange.isSettled) return;
      const { method, path, headers, body } = request;
      try {
        this.#pool.dispatch({ method, path, headers, body, idempotent: false }, exchange);
      } catch (error) {
        exchange.onResponseError(null, error);
      }
    });
  }

  /** Drops the connections; requests still in flight answer with a fault. */
  async close(): Promise<void> {
    await this.#pool.destroy();
  }
}

/** Why an exchange was cut short, told to undici; never leaves this file. */
class CutShort extends Error {
  readonly fault: WireFault;

  constructor(fault: WireFault) {
    super(fault);
    this.fault = fault;
  }
}

class Exchange implements Dispatcher.DispatchHandler {
  readonly #resolve: (result: HttpAnswer | WireFault) => void;
  readonly #signal: AbortSignal | undefined;
  readonly #onAbort = (): void => this.#cut('ABORTED');
  #timer: NodeJS.Timeout | undefined;
  #controller: Dispatcher.DispatchController | null = null;
  #status = 0;
  #headers: IncomingHttpHeaders = {};
  #chunks: Buffer[] = [];
  #bytes = 0;
  #settled = false;

  constructor({ timeoutMs, signal }: HttpRequest, resolve: (result: HttpAnswer | WireFault) => void) {
    this.#resolve = resolve;
    this.#signal = signal;
    if (signal?.aborted === true) {
      this.#cut('ABORTED');
    } else {
      signal?.addEventListener('abort', this.#onAbort, { once: true });
      this.#timer = setTimeout(() => this.#cut('TIMEOUT'), timeoutMs);
    }
  }

  get isSettled(): boolean {
    return this.#settled;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    // undici starts a request again when a connection fails under it. An instruction leaves once or not at all.
    const isSecondStart = this.#controller !== null;
    this.#controller = controller;
    if (isSecondStart) this.#cut('CONNECTION_LOST');
    else if (this.#settled) controller.abort(new CutShort('ABORTED'));
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    this.#status = status;
    this.#headers = headers;
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    this.#bytes += chunk.length;
    if (this.#bytes > ANSWER_BYTES_MAX) this.#cut('BODY_TOO_LARGE');
    else this.#chunks.push(chunk);
  }

  onResponseEnd(): void {
    const [first] = this.#chunks;
    const body = first !== undefined && this.#chunks.length === 1 ? first : Buffer.concat(this.#chunks);
    this.#settle({ status: this.#status, headers: this.#headers, body });
  }

  onResponseError(_: Dispatcher.DispatchController | null, error: unknown): void {
    if (error instanceof CutShort) this.#settle(error.fault);
    else this.#settle(this.#controller === null ? 'NOT_CONNECTED' : 'CONNECTION_LOST');
  }

  /** Ends the exchange from our side. One that has not started is refused when undici comes to it. */
  #cut(fault: WireFault): void {
    this.#settle(fault === 'TIMEOUT' && this.#controller === null ? 'NOT_CONNECTED' : fault);
    this.#controller?.abort(new CutShort(fault));
  }

  #settle(result: HttpAnswer | WireFault): void {
    if (this.#settled) return;
    this.#settled = true;
    clearTimeout(this.#timer);
    this.#signal?.removeEventListener('abort', this.#onAbort);
    this.#resolve(result);
  }
}
