import { hash } from 'node:crypto';

import type { Clock } from '@jinku/calendar';
import type { Signer, Verifier } from '@jinku/security';

import { HttpExchange, type HttpAnswer } from './http-exchange.ts';
import type { AnswerDetail, CallLimits } from './payout-rail.ts';
import { houseKeysOf, isSignedAnswer, nextNonce, signedHeaders, type HouseKeys } from './rail-signature.ts';

export interface SignedExchangeOptions {
  /** Scheme, host and port; the base path is the protocol's. */
  readonly origin: string;
  readonly institution: string;
  readonly signer: Signer;
  readonly houseVerifiers: readonly Verifier[];
  readonly clock: Clock;
  /** Connections kept open; each carries one request at a time, so this bounds what is in flight. */
  readonly connections: number;
}

export interface SignedCall {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** Empty for a GET. */
  readonly body: string;
}

/** One exchange: what came back, verified, or the fault. */
export interface Exchanged {
  readonly answer: HttpAnswer | null;
  readonly body: string;
  readonly fault: AnswerDetail | null;
  readonly requestDigest: string | null;
  readonly latencyMs: number;
}

/** Signed requests to one rail and verified answers, in the manner of docs/rails/netsunion.md that all our rails share. Never rejects. */
export class SignedExchange {
  readonly #http: HttpExchange;
  readonly #institution: string;
  readonly #signer: Signer;
  readonly #houseKeys: HouseKeys;
  readonly #clock: Clock;

  constructor(options: SignedExchangeOptions) {
    this.#http = new HttpExchange({ origin: options.origin, connections: options.connections });
    this.#institution = options.institution;
    this.#signer = options.signer;
    this.#houseKeys = houseKeysOf(options.houseVerifiers);
    this.#clock = options.clock;
  }

  async send({ method, path, body }: SignedCall, { timeoutMs, signal }: CallLimits): Promise<Exchanged> {
    const startedAt = performance.now();
    const nonce = nextNonce();
    const timestampMs = this.#clock.wallNow();
    let headers: Record<string, string>;
    try {
      headers = await signedHeaders(this.#signer, { method, path, body, institution: this.#institution, timestampMs, nonce });
    } catch {
      // A signing thread ended. Nothing has left; the attempt is asked about like any other that got no answer.
      return { answer: null, body: '', fault: 'NOT_SIGNED', requestDigest: null, latencyMs: performance.now() - startedAt };
    }
    const answer = await this.#http.send({ method, path, headers, body: body === '' ? null : body, timeoutMs, signal });
    const requestDigest = hash('sha256', body === '' ? path : body, 'hex');
    const latencyMs = performance.now() - startedAt;
    if (typeof answer === 'string') return { answer: null, body: '', fault: answer, requestDigest, latencyMs };
    const text = answer.body.toString('utf8');
    return { answer, body: text, fault: await this.#faultOf(answer, text, nonce), requestDigest, latencyMs };
  }

  /** Drops the connections; calls in flight come back with a fault. Signer and verifiers stay their maker's to close. */
  async close(): Promise<void> {
    await this.#http.close();
  }

  async #faultOf(answer: HttpAnswer, body: string, requestNonce: string): Promise<AnswerDetail | null> {
    if (body === '') return 'EMPTY_BODY';
    const { status, headers } = answer;
    try {
      const isSigned = await isSignedAnswer(this.#houseKeys, { status, headers, body, requestNonce, nowMs: this.#clock.wallNow() });
      return isSigned ? null : 'BAD_SIGNATURE';
    } catch {
      // A verifying thread ended: an answer that could not be verified was not verified.
      return 'BAD_SIGNATURE';
    }
  }
}
