import { Doorbells, type JobLog, type RingBackend } from './doorbells.ts';

const NEVER_MS = 600_000;
const quiet: JobLog = { warn: () => undefined, error: () => undefined };
const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function aBackend(): RingBackend & { ringAll: () => Promise<void> } {
  const rung: string[] = [];
  let onRing: (name: string) => Promise<void> = () => Promise.resolve();
  return {
    start: (given) => ((onRing = given), Promise.resolve()),
    add: (name) => (rung.push(name), Promise.resolve()),
    stop: () => Promise.resolve(),
    ringAll: async () => void (await Promise.all(rung.splice(0).map((name) => onRing(name)))),
  };
}

test('rings that arrive during a run become one more run, and runs never overlap', async () => {
  const backend = aBackend();
  const doorbells = new Doorbells(backend, quiet);
  const finish: (() => void)[] = [];
  let inside = 0;
  let insideMax = 0;
  let runs = 0;
  doorbells.register({
    name: 'look',
    sweepEveryMs: NEVER_MS,
    run: async () => {
      runs += 1;
      insideMax = Math.max(insideMax, ++inside);
      await new Promise<void>((resolve) => finish.push(resolve));
      inside -= 1;
    },
  });
  await doorbells.start();

  for (let ring = 0; ring < 5; ring += 1) doorbells.ring('look');
  await nextTurn();
  await backend.ringAll();
  finish.shift()?.();
  await nextTurn();
  finish.shift()?.();
  await doorbells.stop();

  expect([runs, insideMax]).toEqual([2, 1]);
});

test('a failing run is logged and tried again when the bell rings', async () => {
  const backend = aBackend();
  const failures: string[] = [];
  const doorbells = new Doorbells(backend, { ...quiet, error: (event) => failures.push(event) });
  let runs = 0;
  doorbells.register({ name: 'look', sweepEveryMs: NEVER_MS, run: () => ((runs += 1), runs === 1 ? Promise.reject(new Error('once')) : Promise.resolve()) });
  await doorbells.start();
  await nextTurn();

  doorbells.ring('look');
  await backend.ringAll();
  await doorbells.stop();

  expect([runs, failures]).toEqual([2, ['bell-run-failed']]);
});

test('a backend that cannot take a ring never reaches the caller', async () => {
  const losses: string[] = [];
  const doorbells = new Doorbells({ ...aBackend(), add: () => Promise.reject(new Error('down')) }, { ...quiet, warn: (event) => losses.push(event) });

  expect(() => doorbells.ring('look')).not.toThrow();
  await nextTurn();

  expect(losses).toEqual(['ring-lost']);
});

test('a backend that never answers holds a limited number of rings', async () => {
  let asked = 0;
  const doorbells = new Doorbells({ ...aBackend(), add: () => ((asked += 1), new Promise<void>(() => undefined)) }, quiet);

  for (let ring = 0; ring < 10_000; ring += 1) doorbells.ring('look', { delayMs: 1 });

  expect(asked).toBe(256);
});

test('without a backend a bell runs at the start and is then swept', async () => {
  const doorbells = new Doorbells(null, quiet);
  let runs = 0;
  const swept = new Promise<void>((resolve) => doorbells.register({ name: 'look', sweepEveryMs: 1, run: () => Promise.resolve(++runs === 3 ? resolve() : undefined) }));

  await doorbells.start();

  await swept;
  await doorbells.stop();
});
