import { describeWith, eventually, requireRedis, testDatabase, type TestDatabase } from '@jinku/testing';
import { createDoorbells, migrateJobs, type Doorbells, type DoorbellOptions } from './index.ts';

const NEVER_MS = 600_000;
const SWEEP_MS = 100;
const log = { warn: () => undefined, error: () => undefined };
const redis = await requireRedis();

let database: TestDatabase;
let opened: Doorbells[] = [];
let services = 0;

beforeAll(async () => {
  database = await testDatabase({ services: [], shared: [migrateJobs] });
});
afterEach(async () => {
  await Promise.all(opened.map((doorbells) => doorbells.stop()));
  opened = [];
});
afterAll(() => database.drop());

/** One bell `look` in each of so many processes of one service. */
async function processes(count: number, sweepEveryMs: number, given: Partial<DoorbellOptions>): Promise<{ doorbells: Doorbells; runs: number }[]> {
  services += 1;
  const service = `probe${process.pid}n${services}`;
  const found = Array.from({ length: count }, () => {
    const doorbells = createDoorbells({ service, profile: 'embedded', mode: 'on', database: database.address, redisUrl: redis?.url ?? '', log, ...given });
    const one = { doorbells, runs: 0 };
    doorbells.register({ name: 'look', sweepEveryMs, run: () => Promise.resolve(void (one.runs += 1)) });
    opened.push(doorbells);
    return one;
  });
  for (const { doorbells } of found) await doorbells.start();
  await eventually(() => expect(found.map(({ runs }) => runs)).toEqual(found.map(() => 1)));
  return found;
}

function contract(given: Partial<DoorbellOptions>): void {
  test('a ring is heard by a process of the service, long before the sweep', async () => {
    const [ringing, other] = await processes(2, NEVER_MS, given);

    ringing?.doorbells.ring('look');

    await eventually(() => expect((ringing?.runs ?? 0) + (other?.runs ?? 0)).toBe(3));
  }, 15_000);

  test('a delayed ring is heard after its delay and not before', async () => {
    const [one] = await processes(1, NEVER_MS, given);
    const rungAt = performance.now();

    one?.doorbells.ring('look', { delayMs: 300 });

    await eventually(() => expect(one?.runs).toBe(2), { withinMs: 10_000 });
    expect(performance.now() - rungAt).toBeGreaterThanOrEqual(290);
  }, 15_000);

  test('a thousand rings at once become a few runs', async () => {
    const [one] = await processes(1, NEVER_MS, given);

    for (let ring = 0; ring < 1_000; ring += 1) one?.doorbells.ring('look');

    await eventually(() => expect(one?.runs).toBeGreaterThanOrEqual(2));
    expect(one?.runs).toBeLessThan(20);
  }, 15_000);

  test('a bell that nobody rings is swept', async () => {
    const [one] = await processes(1, SWEEP_MS, given);

    await eventually(() => expect(one?.runs).toBeGreaterThanOrEqual(3));
  }, 15_000);
}

describe('on PostgreSQL', () => {
  contract({ profile: 'embedded' });
});

describeWith(redis)('on Redis', () => {
  contract({ profile: 'cluster' });
});

describe.each([
  ['with jobs off', { mode: 'off' as const }],
  ['with Redis gone', { profile: 'cluster' as const, redisUrl: 'redis://127.0.0.1:1' }],
  ['with the job queue\'s PostgreSQL gone', { database: { host: '127.0.0.1', port: 1, database: 'none', secret: 'none' } }],
])('%s', (_, given: Partial<DoorbellOptions>) => {
  test('rings return at once and the sweeps find the work', async () => {
    const [one] = await processes(1, SWEEP_MS, given);

    const before = performance.now();
    for (let ring = 0; ring < 1_000; ring += 1) one?.doorbells.ring('look', { delayMs: ring });
    expect(performance.now() - before).toBeLessThan(1_000);

    await eventually(() => expect(one?.runs).toBeGreaterThanOrEqual(3));
  }, 15_000);
});
