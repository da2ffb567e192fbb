import { generateKeyPairSync, randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@jinku/calendar';
import { migrateBus } from '@jinku/messaging';
import type { Database } from '@jinku/persistence';
import { issueServiceToken } from '@jinku/security';
import { bootService, type RunningService } from '@jinku/service';
import { testDatabase } from '@jinku/testing';
import { auditService } from './index.ts';
import { auditMigrations } from './migrations/index.ts';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown> & { items?: Record<string, unknown>[]; violations?: { field: string; rule: string }[] };
}

export interface Call {
  readonly body?: unknown;
  readonly person?: string;
  readonly roles?: readonly string[];
  readonly key?: string | null;
}

/** The service with all its doors on a database of its own; nobody it asks is there. */
export class AuditForTest {
  readonly #keysDir = mkdtempSync(join(tmpdir(), 'jinku-audit-keys-'));
  readonly #gateway = generateKeyPairSync('ed25519');
  testing!: Awaited<ReturnType<typeof testDatabase>>;
  database!: Database;
  #service!: RunningService;

  static async start(): Promise<AuditForTest> {
    const audit = new AuditForTest();
    audit.testing = await testDatabase({ services: [{ name: 'audit', migrations: auditMigrations }], shared: [migrateBus] });
    audit.database = await audit.testing.open('audit');
    mkdirSync(join(audit.#keysDir, 'netsunion'));
    writeFileSync(join(audit.#keysDir, 'gateway-token.pub'), audit.#gateway.publicKey.export({ type: 'spki', format: 'pem' }));
    writeFileSync(join(audit.#keysDir, 'netsunion', 'hmac.key'), randomBytes(32).toString('hex'));
    const { host, port, database, secret } = audit.testing.address;
    audit.#service = await bootService(auditService, {
      JINKU_DATABASE_URL: `postgres://${host}:${port}/${database}`,
      JINKU_DATABASE_SECRET: secret,
      JINKU_JOBS: 'off',
      JINKU_KEYS_DIR: audit.#keysDir,
      JINKU_LOG_LEVEL: 'silent',
      JINKU_AUDIT_PORT: String(await freePort()),
      JINKU_NETSUNION_URL: `http://127.0.0.1:${await freePort()}`,
    });
    return audit;
  }

  /** As the gateway passes it on: by an operator unless told otherwise, with an idempotency key of its own. */
  async call(method: string, path: string, { body, person = 'clerk', roles = ['operator'], key = randomUUID() }: Call = {}): Promise<Answer> {
    const token = issueServiceToken(this.#gateway.privateKey, { subject: person, kind: 'PERSON', roles: [...roles] }, systemClock.wallNow());
    const response = await fetch(`${this.#service.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(key === null ? {} : { 'idempotency-key': key }), ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Answer['body'] };
  }

  async stop(): Promise<void> {
    await this.#service?.stop();
    await this.testing?.drop();
    rmSync(this.#keysDir, { recursive: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
