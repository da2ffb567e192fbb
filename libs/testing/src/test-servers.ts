import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { cacheFolder, freePort, hasKafkaTools, hasRedis, resolveKafka, startKafka, startPostgres, startRedis } from '@jinku/infrastructure';

/**
 * The program behind one run of the integration specs: PostgreSQL at once, Kafka and Redis when a spec asks for them, all on free ports
 * and in a folder of their own, so that runs side by side do not meet. Ends when its input closes.
 */
const CHECKOUT = fileURLToPath(new URL('../../../', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'jinku-test-'));
// PostgreSQL may run as another user, who has to enter it.
chmodSync(folder, 0o755);
const stops: (() => Promise<unknown>)[] = [];

/** What a tool answers with: where it is, or why it was left out. */
type Answer = { readonly address: string } | { readonly leftOut: string };
const started = new Map<string, Promise<Answer>>();
const starters: Readonly<Record<string, () => Promise<Answer>>> = { kafka: kafkaAnswer, redis: redisAnswer };

try {
  const secret = randomBytes(16).toString('hex');
  const port = await freePort();
  // Nothing of a run outlives it, so it need not reach the disk; specs that kill PostgreSQL start one of their own.
  const settings = { fsync: 'off', full_page_writes: 'off', wal_level: 'minimal', max_wal_senders: '0', max_connections: '300' };
  const postgres = await startPostgres({ folder: join(folder, 'postgres'), port, secret, logFile: join(folder, 'postgres.log'), settings });
  stops.push(() => postgres.stop());
  const control = await listen();
  const controlPort = (control.address() as AddressInfo).port;
  process.stdout.write(`${JSON.stringify({ folder, secret, postgresPort: port, controlPort })}\n`);
  process.stdin.resume();
  await new Promise((resolve) => process.stdin.once('close', resolve));
  control.closeAllConnections();
  control.close();
} finally {
  await Promise.allSettled(started.values());
  await Promise.allSettled(stops.map((stop) => stop()));
  rmSync(folder, { recursive: true, force: true });
}

async function listen(): Promise<Server> {
  const server = createServer((request, response) => {
    const tool = request.url?.slice(1) ?? '';
    const start = starters[tool];
    if (start === undefined) {
      response.writeHead(404).end();
      return;
    }
    let answer = started.get(tool);
    if (answer === undefined) started.set(tool, (answer = start()));
    answer.then(
      (found) => response.end(JSON.stringify(found)),
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen({ port: 0, host: '127.0.0.1' }, resolve));
  return server;
}

async function kafkaAnswer(): Promise<Answer> {
  if (!hasKafkaTools()) return { leftOut: 'Kafka needs java and mvn (apt-get install default-jre-headless maven)' };
  let libs: string;
  try {
    libs = await resolveKafka(join(CHECKOUT, 'deploy/kafka/pom.xml'), cacheFolder(CHECKOUT));
  } catch (error) {
    return { leftOut: `Kafka could not be resolved: ${String(error).split('\n', 2).join(' ')}` };
  }
  const [port, controllerPort] = [await freePort(), await freePort()];
  const kafka = await startKafka({ libs, folder: join(folder, 'kafka'), port, controllerPort, logFile: join(folder, 'kafka.log') });
  stops.push(() => kafka.stop());
  return { address: `127.0.0.1:${port}` };
}

async function redisAnswer(): Promise<Answer> {
  if (!hasRedis()) return { leftOut: 'Redis needs redis-server (apt-get install redis-server)' };
  const port = await freePort();
  const redis = await startRedis({ folder: join(folder, 'redis'), port, logFile: join(folder, 'redis.log') });
  stops.push(() => redis.stop());
  return { address: `redis://127.0.0.1:${port}` };
}
