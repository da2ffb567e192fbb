import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDatabase, freePort, POSTGRES_ADMIN, startPostgres, type RunningPostgres } from '@jinku/infrastructure';
import { eventually } from '@jinku/testing';
import { Database, DatabaseUnavailable, migrate, type DatabaseAddress } from './index.ts';

const secret = 'a-secret-of-this-spec';
let folder: string;
let address: DatabaseAddress;
let server: RunningPostgres;
let service: Database;

const start = (): Promise<RunningPostgres> => startPostgres({ folder, port: address.port, secret, logFile: join(folder, 'postgres.log') });

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'jinku-loss-'));
  chmodSync(folder, 0o755);
  address = { host: '127.0.0.1', port: await freePort(), database: 'jinku', secret };
  server = await start();
  await createDatabase(address, 'jinku');
  await migrate({ address, admin: POSTGRES_ADMIN, name: 'probe', migrations: [] });
  service = await Database.open({ address, name: 'probe', poolMax: 3, statementTimeoutMs: 5_000 });
}, 60_000);
afterAll(async () => {
  await service.close();
  await server.stop();
  rmSync(folder, { recursive: true, force: true });
});

test('killing PostgreSQL makes work in flight DatabaseUnavailable, and the same pool works again after the restart', async () => {
  const inFlight = service.transaction((tx) => tx.query('SELECT pg_sleep(30)')).catch((error: unknown) => error);
  await eventually(async () => expect(await service.query(`SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(30)' AND pid <> pg_backend_pid()`)).toHaveLength(1));

  server.process.kill('SIGKILL');
  await server.process.exited;

  expect(await inFlight).toBeInstanceOf(DatabaseUnavailable);
  await expect(service.query('SELECT 1')).rejects.toBeInstanceOf(DatabaseUnavailable);
  server = await start();
  await eventually(async () => expect(await service.transaction((tx) => tx.query('SELECT 1 AS one'))).toEqual([{ one: 1 }]));
}, 60_000);
