import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  reportCollectionsV1,
  reportClientObligationsV1,
  reportFeeAccrualV1,
  requestPayoutsV1,
  Topic,
  type PayoutRequest,
  type PayoutResultsReportedV1,
  type ReportCollectionsV1,
  type ReportClientObligationsV1,
  type ReportFeeAccrualV1,
} from '@jinku/contracts';
import { readEd25519PrivateKey, signDetached } from '@jinku/security';
import { SignJWT } from 'jose';
import type { Api, ApiAnswer } from './api.ts';

export const CLIENT_ID = 'settlement';

/** A token is good for ten minutes. */
const TOKEN_RENEWED_AFTER_MS = 480_000;
const ASSERTION_LIFETIME = '60s';
const RESULTS_PER_PAGE = 200;

type PrivateKey = ReturnType<typeof readEd25519PrivateKey>;

export interface ResultMessages {
  readonly items: readonly { readonly data: PayoutResultsReportedV1 }[];
  readonly next: string;
}

export interface BatchAnswer {
  readonly rows: readonly { readonly index: number; readonly payoutId?: string; readonly requestId?: string; readonly refusal?: { readonly code: string } }[];
}

export interface FileAnswer {
  readonly rows: number;
  readonly accepted: number;
  /** The header is row 1. */
  readonly refused: readonly { readonly row: number; readonly refusal: { readonly code: string; readonly violations: readonly { readonly field: string; readonly rule: string }[] } }[];
}

/** Does what the settlement service of an institution does: asks for payouts with signed messages and requests, tells what was collected, and reads the results told to it. */
export class SettlementClient {
  readonly #api: Api;
  readonly #audience: string;
  readonly #key: PrivateKey;
  #token = '';
  #tokenFrom = -Infinity;

  constructor({ api, gatewayUrl, keysDir }: { api: Api; gatewayUrl: string; keysDir: string }) {
    this.#api = api;
    this.#audience = `${gatewayUrl}/v1/auth/token`;
    this.#key = readEd25519PrivateKey(CLIENT_ID, readFileSync(join(keysDir, 'clients', `${CLIENT_ID}.key`), 'utf8'));
  }

  /** Resolves when the message is on the log for good. The same id sent again is the same message. */
  async sendMessage(messageId: string, message: { messageKey: string; requests: readonly PayoutRequest[] }): Promise<void> {
    await this.#send(requestPayoutsV1, { messageId, message });
  }

  /** Tells what was collected so far over one channel. */
  async reportCollections(messageId: string, message: ReportCollectionsV1): Promise<void> {
    await this.#send(reportCollectionsV1, { messageId, message });
  }

  /** Tells the fee income accrued in all. */
  async reportFeeAccrual(messageId: string, message: ReportFeeAccrualV1): Promise<void> {
    await this.#send(reportFeeAccrualV1, { messageId, message });
  }

  /** Tells what clients were owed at the end of a date. */
  async reportClientObligations(messageId: string, message: ReportClientObligationsV1): Promise<void> {
    await this.#send(reportClientObligationsV1, { messageId, message });
  }

  async #send({ name, topic }: { name: string; topic: string }, { messageId, message }: { messageId: string; message: object }): Promise<void> {
    const body = JSON.stringify(message);
    const headers = { 'x-message-type': name, 'x-message-id': messageId, 'x-jws-signature': this.signatureOf(body) };
    await this.#api.call({ method: 'POST', path: `/v1/messages/${topic}`, token: await this.accessToken(), body, headers });
  }

  /** The detached signature over a message's exact bytes. */
  signatureOf(body: string): string {
    return signDetached({ keyId: CLIENT_ID, privateKey: this.#key, payload: body });
  }

  async requestBatch(payouts: readonly PayoutRequest[]): Promise<BatchAnswer> {
    return await this.#api.call({ method: 'POST', path: '/v1/payouts/batch', token: await this.accessToken(), body: { payouts } });
  }

  /** A table of requests as a file: each row is admitted, or refused by its number. */
  async requestFile(csv: string): Promise<FileAnswer> {
    return await this.#api.call({ method: 'POST', path: '/v1/payouts/files', token: await this.accessToken(), body: csv, headers: { 'content-type': 'text/csv' } });
  }

  /** 201 for a new payout, 200 for a known one, 409 for a known id with other content. */
  async requestOne(payout: PayoutRequest): Promise<ApiAnswer> {
    return await this.#api.ask({ method: 'POST', path: '/v1/payouts', token: await this.accessToken(), body: payout });
  }

  async resultsAfter(cursor: string): Promise<ResultMessages> {
    return await this.#api.call({ path: `/v1/messages/${Topic.PAYOUT_RESULTS}?after=${cursor}&limit=${RESULTS_PER_PAGE}`, token: await this.accessToken() });
  }

  async bankCodes(): Promise<Set<string>> {
    const { items } = await this.#api.call<{ items: { bankCode: string }[] }>({ path: '/v1/payee-banks', token: await this.accessToken() });
    return new Set(items.map(({ bankCode }) => bankCode));
  }

  /** The token of the moment, renewed before it ends. */
  async accessToken(): Promise<string> {
    if (performance.now() - this.#tokenFrom < TOKEN_RENEWED_AFTER_MS) return this.#token;
    const assertion = await new SignJWT({})
      .setProtectedHeader({ alg: 'EdDSA', kid: CLIENT_ID })
      .setIssuer(CLIENT_ID)
      .setSubject(CLIENT_ID)
      .setAudience(this.#audience)
      .setJti(randomUUID())
      .setIssuedAt()
      .setExpirationTime(ASSERTION_LIFETIME)
      .sign(this.#key);
    const answer = await this.#api.call<{ access_token: string }>({ method: 'POST', path: '/v1/auth/token', body: { client_assertion: assertion } });
    this.#token = answer.access_token;
    this.#tokenFrom = performance.now();
    return this.#token;
  }
}
