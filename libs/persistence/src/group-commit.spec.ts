import { GroupCommit } from './group-commit.ts';

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test('calls that arrive together share one flush and each gets its own answer', async () => {
  const flushes: (readonly number[])[] = [];
  const group = new GroupCommit<number, number>({ itemsMax: 10, lingerMs: 1, flushesMax: 1, flush: (items) => (flushes.push(items), Promise.resolve(items.map((item) => item * 2))) });

  expect(await Promise.all([1, 2, 3].map((item) => group.submit(item)))).toEqual([2, 4, 6]);

  expect(flushes).toEqual([[1, 2, 3]]);
});

test('an item that fails alone is rejected alone', async () => {
  const group = new GroupCommit<number, number>({
    itemsMax: 2,
    lingerMs: 1,
    flushesMax: 1,
    flush: (items) => Promise.resolve(items.map((item) => (item === 2 ? new Error('two') : item))),
  });

  const [one, two] = await Promise.allSettled([group.submit(1), group.submit(2)]);

  expect([one?.status, two?.status]).toEqual(['fulfilled', 'rejected']);
});

test('a flush that fails rejects everyone in it, and the next one goes on', async () => {
  let tries = 0;
  const group = new GroupCommit<number, number>({ itemsMax: 2, lingerMs: 1, flushesMax: 1, flush: (items) => (++tries === 1 ? Promise.reject(new Error('lost')) : Promise.resolve(items)) });

  const first = await Promise.allSettled([group.submit(1), group.submit(2)]);

  expect(first.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
  expect(await group.submit(3)).toBe(3);
});

test('no more flushes run side by side than allowed, no flush is larger than allowed, and drain waits for all', async () => {
  const sizes: number[] = [];
  let inside = 0;
  let insideMax = 0;
  const group = new GroupCommit<number, number>({
    itemsMax: 3,
    lingerMs: 1,
    flushesMax: 2,
    flush: async (items) => {
      sizes.push(items.length);
      insideMax = Math.max(insideMax, ++inside);
      await nextTurn();
      inside -= 1;
      return items;
    },
  });
  const answers = Promise.all(Array.from({ length: 20 }, (_, item) => group.submit(item)));

  await group.drain();

  expect(await answers).toHaveLength(20);
  expect([Math.max(...sizes), insideMax, sizes.reduce((sum, size) => sum + size, 0)]).toEqual([3, 2, 20]);
});
