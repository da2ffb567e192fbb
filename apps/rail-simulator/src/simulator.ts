import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type pg from 'pg';

import { AdminDoor } from './admin/admin-door.ts';
import { AccountKeepers } from './banks/account-keepers.ts';
import { booksPool } from './books/books-pool.ts';
import { postReserveMovement } from './central-bank/reserve-books.ts';
import type { SimulatorConfig } from './config.ts';
import { houseClock } from './house-clock.ts';
import { openHouse, type HouseSurroundings, type OpenHouse } from './house/clearing-house.ts';
import { ClearingHouse } from './house/house.ts';
import type { RailDoor } from './rail-door.ts';

export interface RunningSimulator {
  readonly url: string;
  stop(): Promise<void>;
}

/** Takes an event and its fields, never prose. */
export type Log = (event: string, fields: Record<string, unknown>) => void;

const BODY_BYTES_MAX = 16_384;
/** Longer than any client keeps an idle connection, so that the client closes it, never the house under a request. */
const KEEP_ALIVE_MS = 75_000;

/** Opens the books and the doors. The tables must be there. */
export async function startSimulator(config: SimulatorConfig, log: Log): Promise<RunningSimulator> {
  const clock = houseClock(config.clockRate, config.clockAnchor);
  const pool = booksPool(config.database);
  const houses: OpenHouse[] = [];
  const onNotices = (): void => houses.forEach((house) => house.tell());
  const onRefused: HouseSurroundings['onRefused'] = (refusal) => log('SETTLEMENT_REFUSED', refusal);
  const keepers = new AccountKeepers({ config, pool, clock, onNotices });
  await keepers.open();
  for (const name of Object.values(ClearingHouse)) {
    houses.push(await openHouse(name, { config, pool, clock, moveReserve: postReserveMovement, arrivals: keepers.arrivalsOf(name), onNotices, onRefused }));
  }
  onNotices();
  const admin = new AdminDoor({ houses, pool, clock, institution: config.institution, onNotices, accounts: keepers.admin });
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true }, (request, response) => {
    void serve({ doors: [...houses.map(({ door }) => door), ...keepers.doors], admin, pool, log }, request, response);
  });
  await listen(server, config);
  return {
    url: `http://${config.bind}:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await Promise.all([...houses.map((house) => house.close()), keepers.close()]);
      await pool.end();
    },
  };
}

interface Doors {
  readonly doors: readonly RailDoor[];
  readonly admin: AdminDoor;
  readonly pool: pg.Pool;
  readonly log: Log;
}

async function serve({ doors, admin, pool, log }: Doors, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '' } = request;
  const door = doors.find(({ basePath }) => url.startsWith(`${basePath}/`));
  try {
    if (url.startsWith('/health/')) {
      if (url === '/health/ready') await pool.query('SELECT 1');
      writeJson(response, url === '/health/live' || url === '/health/ready' ? 200 : 404, {});
      return;
    }
    // A fault plan may be longer than what the rail takes.
    const body = await bodyOf(request, door === undefined ? BODY_BYTES_MAX * 64 : BODY_BYTES_MAX);
    if (body === null) {
      response.writeHead(413, { connection: 'close' }).end();
    } else if (door !== undefined) {
      await door.handle(request, body, response);
    } else {
      const { status, content } = await admin.handle(method, url, body);
      writeJson(response, status, content);
    }
  } catch (error) {
    // The caller is gone, or the books could not be read or written: to the rail's callers the outcome is unknown, to others
    // the house is away.
    if (response.headersSent || response.destroyed) return;
    log('REQUEST_FAILED', { path: url, reason: reasonOf(error) });
    if (door === undefined) writeJson(response, 503, { error: 'BOOKS_UNAVAILABLE' });
    else door.refuseBusy(request, response);
  }
}

/** Null when it is longer than allowed. Rejects when the caller leaves before its end. */
function bodyOf(request: IncomingMessage, bytesMax: number): Promise<string | null> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) resolve(null);
      else chunks.push(chunk);
    });
    request.on('end', () => resolve((chunks.length === 1 ? chunks[0] : Buffer.concat(chunks))?.toString('utf8') ?? ''));
    request.on('error', reject);
  });
}

function reasonOf(error: unknown): string {
  const { code, message } = error as { code?: unknown; message?: unknown };
  return typeof code === 'string' ? code : String(message ?? error);
}

function writeJson(response: ServerResponse, status: number, content: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(content));
}

function listen(server: Server, { port, bind }: SimulatorConfig): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, host: bind, backlog: 1_024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}
