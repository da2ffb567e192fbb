import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { testRun } from '@jinku/testing';
import pg from 'pg';
import { Agent, request } from 'undici';

import { createBooks } from './books/create-books.ts';
import { rolePassword, simulatorConfig, type SimulatorConfig } from './config.ts';
import { hmacSigner, hmacVerifier } from './signature/signing.ts';

export const INSTITUTION = 'JINKU001';
const KEY_FOLDERS = ['netsunion', 'central-bank', 'bank-alpha', 'bank-beta'];

/** The environment of a simulator with books of its own, which `drop` removes. */
export interface TestHouse {
  readonly environment: Record<string, string>;
  readonly secret: Buffer;
  readonly unionPaySecret: Buffer;
  readonly database: pg.Pool;
  /** As the owner of the tables. */
  readonly owner: pg.Pool;
  config(changes?: ConfigChanges): SimulatorConfig;
  drop(): Promise<void>;
}

export type ConfigChanges = Partial<SimulatorConfig> & { readonly noticeUrl?: string; readonly unionPayNoticeUrl?: string };

export async function aTestHouse(): Promise<TestHouse> {
  const run = testRun();
  const keysDir = mkdtempSync(join(tmpdir(), 'jinku-rails-keys-'));
  const [secret, unionPaySecret] = [randomBytes(32), randomBytes(32)];
  for (const [folder, key] of [...KEY_FOLDERS.map((name) => [name, secret] as const), ['unionpay', unionPaySecret] as const]) {
    mkdirSync(join(keysDir, folder));
    writeFileSync(join(keysDir, folder, 'hmac.key'), key.toString('hex'));
  }
  const database = `jinku_rails_${randomBytes(6).toString('hex')}`;
  const environment = {
    JINKU_RAILS_PORT: '0',
    JINKU_RAILS_DATABASE_URL: `postgres://127.0.0.1:${run.postgresPort}/${database}`,
    JINKU_DATABASE_SECRET: run.secret,
    JINKU_DATABASE_ADMIN: 'postgres',
    JINKU_KEYS_DIR: keysDir,
  };
  const config = simulatorConfig(environment);
  if (config.admin === null) throw new Error('the administrator is named above');
  await createBooks(config.admin, config.database);
  const admin = { ...config.admin, database: 'postgres', password: rolePassword(run.secret, 'postgres') };
  const pool = new pg.Pool({ ...config.database, max: 2 });
  const owner = new pg.Pool({ ...config.admin, max: 2 });
  // A database that is dropped at the end cuts what is still connected to it.
  for (const one of [pool, owner]) one.on('error', () => undefined).on('connect', (client) => client.on('error', () => undefined));
  return {
    environment,
    secret,
    unionPaySecret,
    database: pool,
    owner,
    config: ({ noticeUrl = null, unionPayNoticeUrl = null, ...changes } = {}) => ({
      ...config,
      houses: { NETSUNION: { ...config.houses.NETSUNION, noticeUrl }, UNIONPAY: { ...config.houses.UNIONPAY, noticeUrl: unionPayNoticeUrl } },
      ...changes,
    }),
    drop: async () => {
      await Promise.all([pool.end(), owner.end()]);
      const client = new pg.Client(admin);
      await client.connect();
      await client.query(`DROP DATABASE ${database} WITH (FORCE)`);
      await client.end();
    },
  };
}

/** The body of a payout request; what is not named is of no matter. */
export function aPayout(
  changes: Partial<{ serialNumber: string; amount: string; payeeAccount: string; bankCode: string; validUntil: number }> = {},
): Record<string, unknown> {
  const { bankCode = '102100099996' } = changes;
  const { serialNumber = randomUUID(), amount = '12.34', payeeAccount = '6222020200112233445', validUntil = Date.now() + 60_000 } = changes;
  return {
    serialNumber,
    amount,
    currency: 'CNY',
    payee: { accountNumber: payeeAccount, accountName: '张伟', bankCode },
    purpose: '提现',
    businessLine: 'WITHDRAWAL',
    merchantId: 'M0001',
    validUntil,
  };
}

/** The body of an order to UnionPay; what is not named is of no matter. */
export function anOrder(
  changes: Partial<{ orderId: string; txnAmt: string; accNo: string; bankNo: string; validUntil: number }> = {},
): Record<string, unknown> {
  const { orderId = randomUUID(), txnAmt = '1234', accNo = '6222020200112233445', bankNo = '102100099996', validUntil = Date.now() + 60_000 } = changes;
  const payee = { accNo, accName: '张伟', bankNo };
  return { orderId, txnAmt, currencyCode: '156', ...payee, postscript: '结算', bizType: 'SETTLEMENT', merId: 'M0001', validUntil };
}

export interface Told {
  readonly httpStatus: number;
  readonly isSigned: boolean;
  readonly text: string;
  /** The parsed body, or an empty object when it is not JSON. */
  readonly fields: Record<string, unknown>;
}

/** An institution that talks to the house, signing with HMAC-SM3. */
export class TestInstitution {
  readonly #url: string;
  readonly #secret: Buffer;
  readonly #agent = new Agent({ connections: 256, pipelining: 1 });

  constructor(url: string, secret: Buffer) {
    this.#url = url;
    this.#secret = secret;
  }

  pay(payout: Record<string, unknown>, { timeoutMs = 5_000 } = {}): Promise<Told> {
    return this.send({ method: 'POST', path: '/netsunion/v1/payouts', body: JSON.stringify(payout), timeoutMs });
  }

  /** To UnionPay, when the secret is the one shared with it. */
  order(order: Record<string, unknown>): Promise<Told> {
    return this.send({ method: 'POST', path: '/unionpay/v1/merchant-settlements', body: JSON.stringify(order) });
  }

  get(path: string): Promise<Told> {
    return this.send({ method: 'GET', path, body: '' });
  }

  inquire(serialNumber: unknown): Promise<Told> {
    return this.send({ method: 'GET', path: `/netsunion/v1/payouts/${String(serialNumber)}`, body: '' });
  }

  async send(given: {
    method: 'GET' | 'POST';
    path: string;
    body: string;
    timeoutMs?: number;
    changes?: Record<string, string>;
  }): Promise<Told> {
    const { method, path, body, timeoutMs = 5_000, changes = {} } = given;
    const timestamp = String(Date.now());
    const nonce = randomUUID();
    const headers = {
      'x-signature-algorithm': 'HMAC-SM3',
      'x-institution': INSTITUTION,
      'x-key-id': 'institution.hmac',
      'x-timestamp': timestamp,
      'x-nonce': nonce,
      'x-signature': hmacSigner('institution.hmac', this.#secret).sign(`${method}\n${path}\n${timestamp}\n${nonce}\n${body}`),
      ...changes,
    };
    const signal = AbortSignal.timeout(timeoutMs);
    const answer = await request(this.#url + path, { method, headers, body: body === '' ? null : body, dispatcher: this.#agent, signal });
    const text = await answer.body.text();
    const signed = [answer.statusCode, answer.headers['x-timestamp'], answer.headers['x-nonce'], nonce, text].map(String).join('\n');
    const isSigned = hmacVerifier('house.hmac', this.#secret).verify(signed, String(answer.headers['x-signature']));
    return { httpStatus: answer.statusCode, isSigned, text, fields: fieldsOf(text) };
  }

  async admin(
    method: 'GET' | 'PUT' | 'POST',
    path: string,
    content?: unknown,
  ): Promise<{ httpStatus: number; fields: Record<string, unknown> }> {
    const body = content === undefined ? null : JSON.stringify(content);
    const answer = await request(this.#url + path, { method, body, dispatcher: this.#agent });
    return { httpStatus: answer.statusCode, fields: fieldsOf(await answer.body.text()) };
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
  }
}

export interface HeardNotice {
  readonly isSigned: boolean;
  readonly fields: Record<string, unknown>;
}

/** The institution's door for notices. Takes a notice when its signature holds and `isTaking`. */
export class TestNoticeDoor {
  readonly heard: HeardNotice[] = [];
  isTaking = true;
  readonly #secret: Buffer;
  readonly #server: Server;

  constructor(secret: Buffer) {
    this.#secret = secret;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const isSigned = this.#isSigned(request.url ?? '', request.headers, text);
        this.heard.push({ isSigned, fields: fieldsOf(text) });
        const isTaken = isSigned && this.isTaking;
        response.writeHead(isTaken ? 200 : 401).end(JSON.stringify({ received: isTaken }));
      });
    });
  }

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/notices/netsunion`;
  }

  about(serialNumber: unknown): HeardNotice[] {
    return this.heard.filter(({ fields }) => fields['serialNumber'] === serialNumber);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #isSigned(path: string, headers: IncomingHttpHeaders, text: string): boolean {
    const signed = `POST\n${path}\n${String(headers['x-timestamp'])}\n${String(headers['x-nonce'])}\n${text}`;
    return hmacVerifier('house.hmac', this.#secret).verify(signed, String(headers['x-signature']));
  }
}

function fieldsOf(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // Not JSON: some faults send just that.
    return {};
  }
}
