import { assignPorts, firstPort } from './checkout-ports.ts';

const everyPort = (): Promise<boolean> => Promise.resolve(true);
const names = ['postgres', 'gateway', 'ledger'];

test('a checkout gets the same ports at every start', async () => {
  const first = await assignPorts(names, { hash: 'abcdef01', recorded: {}, isFree: everyPort });

  expect(await assignPorts(names, { hash: 'abcdef01', recorded: {}, isFree: everyPort })).toEqual(first);
  expect(await assignPorts(names, { hash: 'abcdef01', recorded: first, isFree: everyPort })).toEqual(first);
});

test('two checkouts get different blocks', () => {
  expect(firstPort('00000001')).not.toBe(firstPort('00000002'));
});

test('a port that somebody else took is passed over, and the others stay', async () => {
  const recorded = await assignPorts(names, { hash: '00000001', recorded: {}, isFree: everyPort });
  const taken = recorded['gateway'];

  const now = await assignPorts(names, { hash: '00000001', recorded, isFree: (port) => Promise.resolve(port !== taken) });

  expect(now['gateway']).not.toBe(taken);
  expect(now['postgres']).toBe(recorded['postgres']);
  expect(now['ledger']).toBe(recorded['ledger']);
  expect(new Set(Object.values(now)).size).toBe(3);
});

test('every port is outside the range of outgoing connections', () => {
  for (const hash of ['00000000', 'ffffffff', '7fffffff']) {
    expect(firstPort(hash)).toBeGreaterThanOrEqual(10_000);
    expect(firstPort(hash)).toBeLessThan(32_000);
  }
});
