import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

import { AdminDoor } from './admin/admin-door.ts';
import { AccountKeepers } from './banks/account-keepers.ts';
import { HouseBooks, type PayoutArrivals } from './books/house-books.ts';
import { QuotaDesk } from './books/quota-desk.ts';
import type { SimulatorConfig } from './config.ts';
import { faultPlanSchema } from './faults/fault-plan.ts';
import { houseClock } from './house-clock.ts';
import { InquiryBudget } from './netsunion/inquiry-budget.ts';
import { BASE_PATH, NetsUnionDoor } from './netsunion/netsunion-door.ts';
import { NoticeSender } from './notices/notice-sender.ts';
import { readHouseKeys } from './signature/house-keys.ts';
import { hmacSigner, type Signer } from './signature/signing.ts';

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
  const { institution } = config;
  const clock = houseClock(config.clockRate, config.clockAnchor);
  const keys = readHouseKeys(config.keysDir, config.algorithm);
  const strangersSigner = strangerOf(keys.standard);
  let sender: NoticeSender | null = null;
  const onNotices = (): void => sender?.wake();
  const { database, lingerMs, mappedQuotaMinor } = config;
  let keepers: AccountKeepers | null = null;
  const arrivals: PayoutArrivals = {
    write: async (client, instructions, now) => (await keepers?.arrivals.write(client, instructions, now)) ?? false,
    wake: () => keepers?.arrivals.wake(),
  };
  const books = new HouseBooks({ database, institution, clock, lingerMs, mappedQuotaMinor, onNotices, arrivals });
  await books.open();
  const accounts = new AccountKeepers({ config, books, clock, onNotices, strangerOf });
  await accounts.open();
  keepers = accounts;
  if (config.faultsFile !== null) await books.changePlan(faultPlanSchema.parse(JSON.parse(readFileSync(config.faultsFile, 'utf8'))));
  if (config.noticeUrl !== null) {
    sender = new NoticeSender({ pool: books.pool, clock, institution, url: config.noticeUrl, signer: keys.standard, strangersSigner });
    sender.wake();
  }
  const budget = new InquiryBudget(config.inquiriesPerSecond, clock.wallNow());
  const desk = new QuotaDesk({ books, institution, clock, onNotices });
  desk.open();
  const netsunion = new NetsUnionDoor({ books, desk, keys, strangersSigner, institution, clock, budget });
  const admin = new AdminDoor({ books, institution, clock, onNotices, accounts: accounts.admin });
  const server = createServer({ keepAliveTimeout: KEEP_ALIVE_MS, noDelay: true }, (request, response) => {
    void serve({ netsunion, accounts, admin, books, log }, request, response);
  });
  await listen(server, config);
  return {
    url: `http://${config.bind}:${(server.address() as AddressInfo).port}`,
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await desk.close();
      await accounts.close();
      await sender?.close();
      await books.close();
    },
  };
}

interface Doors {
  readonly netsunion: NetsUnionDoor;
  readonly accounts: AccountKeepers;
  readonly admin: AdminDoor;
  readonly books: HouseBooks;
  readonly log: Log;
}

async function serve({ netsunion, accounts, admin, books, log }: Doors, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { method = '', url = '' } = request;
  const rail = url.startsWith(`${BASE_PATH}/`) ? netsunion : accounts.doorOf(url);
  try {
    if (url.startsWith('/health/')) {
      if (url === '/health/ready') await books.pool.query('SELECT 1');
      writeJson(response, url === '/health/live' || url === '/health/ready' ? 200 : 404, {});
      return;
    }
    // A fault plan may be longer than what the rail takes.
    const body = await bodyOf(request, rail !== null ? BODY_BYTES_MAX : BODY_BYTES_MAX * 64);
    if (body === null) {
      response.writeHead(413, { connection: 'close' }).end();
    } else if (rail !== null) {
      await rail.handle(request, body, response);
    } else {
      const { status, content } = await admin.handle(method, url, body);
      writeJson(response, status, content);
    }
  } catch (error) {
    // The caller is gone, or the books could not be read or written: to the rail's callers the outcome is unknown, to others
    // the house is away.
    if (response.headersSent || response.destroyed) return;
    log('REQUEST_FAILED', { path: url, reason: reasonOf(error) });
    if (rail !== null) rail.refuseBusy(request, response);
    else writeJson(response, 503, { error: 'BOOKS_UNAVAILABLE' });
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

/** Claims the house's key id and algorithm, with a key that is not the house's. */
function strangerOf(house: Signer): Signer {
  const stranger = hmacSigner(house.keyId, randomBytes(32));
  return { ...stranger, algorithm: house.algorithm };
}
