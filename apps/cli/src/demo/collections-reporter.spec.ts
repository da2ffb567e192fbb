import { reportCollectionsV1, type ReportCollectionsV1 } from '@jinku/contracts';
import { CollectionsReporter } from './collections-reporter.ts';

const TOTAL = { clearingHouse: 'UNIONPAY', channel: 'QUICK_PAY', clearingDate: '2026-11-21', count: 2, amount: '10.00', isFinal: false };
const OTHER = { ...TOTAL, channel: 'COLLECTION' };
const AS_OF = '2026-11-21T06:00:00.000Z';

let items: object[];
let asOf: string;
let told: ReportCollectionsV1[];
let isGatewayAway: boolean;

const reporter = (): CollectionsReporter =>
  new CollectionsReporter({
    simulator: { call: <T>() => Promise.resolve({ asOf, items } as T) },
    client: {
      reportCollections: (_, message) => {
        if (isGatewayAway) return Promise.reject(new Error('503'));
        told.push(reportCollectionsV1.schema.parse(message));
        return Promise.resolve();
      },
    },
  });

beforeEach(() => {
  items = [TOTAL, OTHER];
  asOf = AS_OF;
  told = [];
  isGatewayAway = false;
});

test('a total is told when it is new, when it has grown and when it is final, and not in between', async () => {
  const one = reporter();
  expect(await one.reportOnce()).toBe(2);
  expect(await one.reportOnce()).toBe(0);
  items = [{ ...TOTAL, count: 3, amount: '12.00' }, OTHER];
  expect(await one.reportOnce()).toBe(1);
  items = [{ ...TOTAL, count: 3, amount: '12.00', isFinal: true }, OTHER];
  expect(await one.reportOnce()).toBe(1);

  expect(told.filter(({ channel }) => channel === 'QUICK_PAY').map(({ countTotal, amountTotal, isFinal }) => [countTotal, amountTotal, isFinal])).toEqual([
    [2, '10.00', false],
    [3, '12.00', false],
    [3, '12.00', true],
  ]);
});

test('the sequence grows with every report, also of the same instant, and over a restart', async () => {
  await reporter().reportOnce();
  asOf = '2026-11-21T06:00:01.000Z';
  await reporter().reportOnce();

  const sequences = told.map(({ sequence }) => sequence);
  expect(sequences).toEqual(sequences.toSorted((a, b) => a - b));
  expect(new Set(sequences).size).toBe(4);
});

test('what could not be told is told by the next round, and nothing twice', async () => {
  const one = reporter();
  isGatewayAway = true;
  await expect(one.reportOnce()).rejects.toThrow('503');
  isGatewayAway = false;

  expect(await one.reportOnce()).toBe(2);
  expect(told).toHaveLength(2);
});

test('a round that failed does not end it, and stopping tells what is left', async () => {
  isGatewayAway = true;
  const one = reporter();
  const failed = new Promise((resolve) => one.start(resolve));
  expect(await failed).toMatchObject({ message: '503' });
  isGatewayAway = false;
  await one.stop();

  expect(told).toHaveLength(2);
});
