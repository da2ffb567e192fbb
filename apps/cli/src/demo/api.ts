import { randomUUID } from 'node:crypto';

const TIMEOUT_MS = 20_000;
const TRIES_MAX = 6;
const RETRY_AFTER_MS = 300;
const RETRIED = new Set([429, 502, 503, 504]);

export interface ApiRequest {
  readonly method?: 'GET' | 'POST' | 'PUT';
  readonly path: string;
  readonly token?: string;
  /** Sent as it is when it is a text already. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

/** One door of Jinku or of the simulator, over HTTP. A try that came to nothing is made again under the same idempotency key. */
export class Api {
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** The answer's body; any status from 400 on throws, with what the problem document says. */
  async call<T>(request: ApiRequest): Promise<T> {
    const { status, body } = await this.ask(request);
    if (status >= 400) throw new Error(`${request.method ?? 'GET'} ${request.path} answered ${status}: ${JSON.stringify(body)}`);
    return body as T;
  }

  async ask({ method = 'GET', path, token, body, headers = {} }: ApiRequest): Promise<ApiAnswer> {
    const init = {
      method,
      headers: {
        ...(method === 'GET' ? {} : { 'idempotency-key': randomUUID() }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    };
    for (let tries = 1; ; tries += 1) {
      const answer = await this.#once(path, init).catch((error: unknown) => {
        if (tries === TRIES_MAX) throw error;
        return null;
      });
      if (answer !== null && (!RETRIED.has(answer.status) || tries === TRIES_MAX)) return answer;
      await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS * tries));
    }
  }

  async #once(path: string, init: RequestInit): Promise<ApiAnswer> {
    const response = await fetch(`${this.#url}${path}`, { ...init, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = await response.text();
    return { status: response.status, body: text === '' ? null : bodyOf(text) };
  }
}

function bodyOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // A proxy's page, or the metrics: shown as it is.
    return text;
  }
}
