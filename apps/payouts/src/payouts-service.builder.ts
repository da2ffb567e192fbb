import { generateKeyPairSync, randomBytes, randomUUID, type KeyObject } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@jinku/calendar';
import { migrateBus } from '@jinku/messaging';
import { issueServiceToken } from '@jinku/security';
import { bootService, type RunningService } from '@jinku/service';
import { testDatabase } from '@jinku/testing';
import { payoutsService } from './index.ts';
import { MIGRATIONS } from './migrations/index.ts';
import { resetPayouts, type TestDatabase } from './payouts-world.builder.ts';

export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: Record<string, unknown> & { violations?: { field: string; rule: string }[]; rows?: Record<string, unknown>[]; items?: Record<string, unknown>[] };
}

export interface Call {
  readonly body?: unknown;
  /** Sent as it is, instead of `body`. */
  readonly text?: string;
  readonly subject?: string;
  readonly kind?: 'PERSON' | 'CLIENT';
  readonly roles?: readonly string[];
  readonly headers?: Readonly<Record<string, string | null>>;
}

/** The service with all its doors on a database of its own; its house is not there. */
export class PayoutsForTest {
  readonly #keysDir = mkdtempSync(join(tmpdir(), 'jinku-payouts-keys-'));
  readonly #gateway = generateKeyPairSync('ed25519');
  readonly #client = generateKeyPairSync('ed25519');
  testing!: TestDatabase;
  service!: RunningService;

  static async start(): Promise<PayoutsForTest> {
    const payouts = new PayoutsForTest();
    payouts.#writeKeys();
    payouts.testing = await testDatabase({ services: [{ name: 'payouts', migrations: MIGRATIONS }], shared: [migrateBus] });
    await resetPayouts(payouts.testing);
    const { host, port, database, secret } = payouts.testing.address;
    payouts.service = await bootService(payoutsService, {
      JINKU_DATABASE_URL: `postgres://${host}:${port}/${database}`,
      JINKU_DATABASE_SECRET: secret,
      JINKU_JOBS: 'off',
      JINKU_KEYS_DIR: payouts.#keysDir,
      JINKU_LOG_LEVEL: 'silent',
      JINKU_PAYOUTS_PORT: String(await freePort()),
      JINKU_PAYOUT_SHARDS: '1',
      // Nobody listens there: what is dispatched is not connected, and waits in the queue again.
      JINKU_NETSUNION_URL: `http://127.0.0.1:${await freePort()}`,
    });
    return payouts;
  }

  /** Signs the settlement service's messages. */
  get clientKey(): KeyObject {
    return this.#client.privateKey;
  }

  /** As the gateway passes it on: by the settlement service unless told otherwise, with an idempotency key. A header given as null is left out. */
  async call(method: string, path: string, given: Call = {}): Promise<Answer> {
    const { subject = 'settlement', kind = 'CLIENT', roles = ['client'] } = given;
    const token = issueServiceToken(this.#gateway.privateKey, { subject, kind, roles: [...roles] }, systemClock.wallNow());
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json', 'idempotency-key': randomUUID(), ...given.headers };
    const body = given.text ?? (given.body === undefined ? undefined : JSON.stringify(given.body));
    const response = await fetch(`${this.service.url}${path}`, {
      method,
      headers: Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === null ? [] : [[name, value]]))),
      ...(body === undefined ? {} : { body }),
    });
    return { status: response.status, type: response.headers.get('content-type') ?? '', body: (await response.json()) as Answer['body'] };
  }

  async stop(): Promise<void> {
    await this.service?.stop();
    await this.testing?.drop();
    rmSync(this.#keysDir, { recursive: true });
  }

  #writeKeys(): void {
    const pem = { type: 'spki', format: 'pem' } as const;
    mkdirSync(join(this.#keysDir, 'clients'));
    mkdirSync(join(this.#keysDir, 'netsunion'));
    writeFileSync(join(this.#keysDir, 'gateway-token.pub'), this.#gateway.publicKey.export(pem));
    writeFileSync(join(this.#keysDir, 'clients', 'settlement.pub'), this.#client.publicKey.export(pem));
    writeFileSync(join(this.#keysDir, 'netsunion', 'hmac.key'), randomBytes(32).toString('hex'));
    const key = (): string => randomBytes(32).toString('base64');
    writeFileSync(join(this.#keysDir, 'payee-encryption.json'), JSON.stringify({ current: 'k1', keys: { k1: key() }, hashKey: key() }));
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
