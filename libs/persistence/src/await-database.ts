import { setTimeout as pause } from 'node:timers/promises';
import pg from 'pg';
import { rolePassword, type DatabaseAddress } from './database-address.ts';
import { isConnectionLoss, SqlState, sqlStateOf } from './sqlstate.ts';

const LOOKED_AGAIN_AFTER_MS = 25;
const CONNECT_TIMEOUT_MS = 5_000;

/** Waits while the server is on its way up and while its database is being made; any other refusal, and the last one when it takes too long, is thrown. */
export async function awaitDatabase(address: DatabaseAddress, { role, withinMs }: { role: string; withinMs: number }): Promise<void> {
  const { host, port, database, secret } = address;
  const password = rolePassword({ host, port, database, secret }, role);
  const deadline = performance.now() + withinMs;
  for (;;) {
    const client = new pg.Client({ host, port, database, user: role, password, connectionTimeoutMillis: CONNECT_TIMEOUT_MS });
    client.on('error', () => undefined);
    try {
      await client.connect();
      return;
    } catch (error) {
      if (!isOnItsWay(error) || performance.now() > deadline) throw error;
    } finally {
      await client.end().catch(() => undefined);
    }
    await pause(LOOKED_AGAIN_AFTER_MS);
  }
}

function isOnItsWay(error: unknown): boolean {
  return isConnectionLoss(error) || sqlStateOf(error) === SqlState.INVALID_CATALOG_NAME;
}
