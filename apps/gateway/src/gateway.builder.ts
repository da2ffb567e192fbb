import { generateKeyPairSync, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { NETSUNION_NOTICE_PATH, UNIONPAY_NOTICE_PATH } from '@jinku/connectors';
import { migrateBus } from '@jinku/messaging';
import type { Database } from '@jinku/persistence';
import { createSigner } from '@jinku/security';
import { bootService } from '@jinku/service';
import { testDatabase } from '@jinku/testing';
import { SignJWT } from 'jose';
import { gatewayService } from './index.ts';
import { gatewayMigrations } from './migrations/index.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  // What a spec looks at is the spec's business.
  readonly body: Record<string, unknown>;
}

export interface RequestOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly raw?: string | Buffer;
  readonly headers?: Record<string, string>;
  readonly key?: string;
}

export interface Gateway {
  readonly url: string;
  readonly database: Database;
  /** What was printed at the first start. */
  readonly adminPassword: string;
  readonly clientKey: KeyObject;
  request(method: string, path: string, options?: RequestOptions): Promise<Answer>;
  login(username?: string, password?: string): Promise<Answer>;
  adminToken(): Promise<string>;
  assertion(changes?: { jti?: string; audience?: string; key?: KeyObject; expiresIn?: string }): Promise<string>;
  clientToken(): Promise<string>;
  notice(fields?: Record<string, unknown>, changes?: { secret?: Buffer; body?: string; ageMs?: number }): Promise<Answer>;
  unionPayNotice(fields?: Record<string, unknown>, changes?: { secret?: Buffer; path?: string; headers?: Record<string, string> }): Promise<Answer>;
  readonly netsUnionSecret: Buffer;
  readonly unionPaySecret: Buffer;
  stop(): Promise<void>;
}

export interface StubService {
  readonly url: string;
  readonly heard: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
  reply: (request: IncomingMessage, response: ServerResponse) => void;
  close(): Promise<void>;
}

export async function aStubService(): Promise<StubService> {
  const heard: StubService['heard'] = [];
  const server: Server = createServer((request, response) => void hear(request, response));
  const stub: StubService = {
    url: '',
    heard,
    reply: (_request, response) => response.writeHead(200, { 'content-type': 'application/json', 'x-internal': 'secret' }).end('{"ok":true}'),
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  async function hear(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    heard.push({ method: request.method ?? '', url: request.url ?? '', headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    stub.reply(request, response);
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return Object.assign(stub, { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
}

/** A gateway of its own database and keys, with the environment's additions. */
export async function aGateway(additions: Record<string, string> = {}): Promise<Gateway> {
  const database = await testDatabase({ services: [{ name: 'gateway', migrations: gatewayMigrations }], shared: [migrateBus] });
  const keys = writeKeys();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const nobody = `http://127.0.0.1:${await freePort()}`;
  const printed: string[] = [];
  const stopListening = listenToStdout(printed);
  const { host, port: databasePort, database: name, secret } = database.address;
  const service = await bootService(gatewayService, {
    JINKU_DATABASE_URL: `postgres://${host}:${databasePort}/${name}`,
    JINKU_DATABASE_SECRET: secret,
    JINKU_KEYS_DIR: keys.folder,
    JINKU_LOG_LEVEL: 'silent',
    JINKU_JOBS: 'off',
    JINKU_GATEWAY_PORT: String(port),
    JINKU_GATEWAY_URL: url,
    JINKU_ACCOUNTS_URL: nobody,
    JINKU_AUDIT_URL: nobody,
    JINKU_LEDGER_URL: nobody,
    JINKU_QUOTAS_URL: nobody,
    JINKU_PAYOUTS_URL: nobody,
    JINKU_TRANSFERS_URL: nobody,
    JINKU_LOGINS_BURST: '1000',
    JINKU_UNIONPAY_URL: nobody,
    ...additions,
  });
  stopListening();
  const adminPassword = /JINKU FIRST ADMIN username=admin password=(\S+)/.exec(printed.join(''))?.[1] ?? '';
  const open = await database.open('gateway');

  const request: Gateway['request'] = async (method, path, options = {}) => {
    const body = options.raw ?? (options.body === undefined ? undefined : JSON.stringify(options.body));
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(options.token === undefined ? {} : { authorization: `Bearer ${options.token}` }),
        ...(options.key === undefined ? {} : { 'idempotency-key': options.key }),
        ...options.headers,
      },
      ...(body === undefined ? {} : { body: body as string }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text } };
  };
  const gateway: Gateway = {
    url,
    database: open,
    adminPassword,
    clientKey: keys.client,
    request,
    login: (username = 'admin', password = adminPassword) => request('POST', '/v1/auth/login', { body: { username, password } }),
    adminToken: async () => String((await gateway.login()).body['token']),
    assertion: ({ jti = randomUUID(), audience = `${url}/v1/auth/token`, key = keys.client, expiresIn = '1m' } = {}) =>
      new SignJWT({ jti })
        .setProtectedHeader({ alg: 'EdDSA', kid: 'settlement' })
        .setIssuer('settlement')
        .setSubject('settlement')
        .setAudience(audience)
        .setIssuedAt()
        .setExpirationTime(expiresIn)
        .sign(key),
    clientToken: async () => String((await request('POST', '/v1/auth/token', { body: { client_assertion: await gateway.assertion() } })).body['access_token']),
    notice: (fields = {}, changes = {}) => {
      const body = changes.body ?? JSON.stringify({ ...NOTICE, ...fields });
      return request('POST', NETSUNION_NOTICE_PATH, { raw: body, headers: noticeHeaders(body, { path: NETSUNION_NOTICE_PATH, secret: changes.secret ?? keys.secret, ageMs: changes.ageMs ?? 0 }) });
    },
    unionPayNotice: (fields = {}, changes = {}) => {
      const body = JSON.stringify({ ...UNIONPAY_NOTICE, ...fields });
      const headers = changes.headers ?? noticeHeaders(body, { path: changes.path ?? UNIONPAY_NOTICE_PATH, secret: changes.secret ?? keys.unionPaySecret, ageMs: 0 });
      return request('POST', UNIONPAY_NOTICE_PATH, { raw: body, headers });
    },
    netsUnionSecret: keys.secret,
    unionPaySecret: keys.unionPaySecret,
    stop: async () => {
      await service.stop();
      await database.drop();
      rmSync(keys.folder, { recursive: true, force: true });
    },
  };
  return gateway;
}

export const NOTICE = {
  noticeId: 'N-0001',
  kind: 'PAYOUT_RESULT',
  serialNumber: 'JINKU001202611210000000001',
  status: 'SUCCEEDED',
  code: '0000',
  amount: '1234.56',
  clearingDate: '2026-11-21',
  railReference: 'NU1',
  occurredAt: '2026-11-21T02:00:30.000Z',
};

export const UNIONPAY_NOTICE = {
  notifyId: 'N-0001',
  notifyType: 'SETTLEMENT_RESULT',
  orderId: 'JINKU001202611210000000001',
  respCode: '00',
  txnAmt: '123456',
  settleDate: '20261121',
  queryId: 'UP1',
  occurredAt: 1_795_250_430_000,
};

export function noticeHeaders(body: string, { path, secret, ageMs }: { path: string; secret: Buffer; ageMs: number }): Record<string, string> {
  const [timestamp, nonce] = [String(new Date().getTime() - ageMs), randomUUID()];
  const signer = createSigner({ algorithm: 'HMAC-SM3', keyId: 'house.hmac', secret });
  return {
    'x-signature-algorithm': signer.algorithm,
    'x-key-id': signer.keyId,
    'x-timestamp': timestamp,
    'x-nonce': nonce,
    'x-signature': signer.sign(`POST\n${path}\n${timestamp}\n${nonce}\n${body}`),
  };
}

function writeKeys(): { folder: string; client: KeyObject; secret: Buffer; unionPaySecret: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'jinku-gateway-keys-'));
  const pem = (key: KeyObject, type: 'pkcs8' | 'spki'): string | Buffer => key.export({ type, format: 'pem' } as never);
  mkdirSync(join(folder, 'clients'));
  mkdirSync(join(folder, 'netsunion'));
  mkdirSync(join(folder, 'unionpay'));
  const token = generateKeyPairSync('ed25519');
  writeFileSync(join(folder, 'gateway-token.key'), pem(token.privateKey, 'pkcs8'));
  writeFileSync(join(folder, 'gateway-token.pub'), pem(token.publicKey, 'spki'));
  const client = generateKeyPairSync('ed25519');
  writeFileSync(join(folder, 'clients', 'settlement.pub'), pem(client.publicKey, 'spki'));
  const secret = randomBytes(32);
  writeFileSync(join(folder, 'netsunion', 'hmac.key'), secret.toString('hex'));
  const unionPaySecret = randomBytes(32);
  writeFileSync(join(folder, 'unionpay', 'hmac.key'), unionPaySecret.toString('hex'));
  return { folder, client: client.privateKey, secret, unionPaySecret };
}

function listenToStdout(printed: string[]): () => void {
  const write = process.stdout.write.bind(process.stdout);
  process.stdout.write = ((chunk: string | Uint8Array, ...rest: never[]) => {
    printed.push(String(chunk));
    return String(chunk).startsWith('JINKU FIRST ADMIN') ? true : write(chunk, ...rest);
  }) as typeof process.stdout.write;
  return () => {
    process.stdout.write = write;
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
