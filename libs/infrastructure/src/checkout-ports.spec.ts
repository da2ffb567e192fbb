import { assignPorts, firstPort } from './checkout-ports.ts';

const everyPort = (): Promise<boolean> => Promise.resolve(true);
/** Nobody else is on the machine. */
const claims = { claim: () => true, release: () => undefined };
const names = ['postgres', 'gateway', 'ledger'];

test('a checkout gets the same ports at every start', async () => {
  const first = await assignPorts(names, { hash: 'abcdef01', recorded: {}, claims, isFree: everyPort });

  expect(await assignPorts(names, { hash: 'abcdef01', recorded: {}, claims, isFree: everyPort })).toEqual(first);
  expect(await assignPorts(names, { hash: 'abcdef01', recorded: first, claims, isFree: everyPort })).toEqual(first);
});

test('two checkouts get different blocks', () => {
  expect(firstPort('00000001')).not.toBe(firstPort('00000002'));
});

test('a port that somebody else took is passed over, and the others stay', async () => {
  const recorded = await assignPorts(names, { hash: '00000001', recorded: {}, claims, isFree: everyPort });
  const taken = recorded['gateway'];

  const now = await assignPorts(names, { hash: '00000001', recorded, claims, isFree: (port) => Promise.resolve(port !== taken) });

  expect(now['gateway']).not.toBe(taken);
  expect(now['postgres']).toBe(recorded['postgres']);
  expect(now['ledger']).toBe(recorded['ledger']);
  expect(new Set(Object.values(now)).size).toBe(3);
});

test('a port that another stack has claimed is passed over, though nobody listens there yet', async () => {
  const first = await assignPorts(names, { hash: '00000001', recorded: {}, claims, isFree: everyPort });
  const taken = new Set(Object.values(first));

  const second = await assignPorts(names, { hash: '00000001', recorded: first, claims: { ...claims, claim: (port) => !taken.has(port) }, isFree: everyPort });

  expect(Object.values(second).filter((port) => taken.has(port))).toEqual([]);
});

test('what was claimed and is not free is given back', async () => {
  const released: number[] = [];
  const [busy] = Object.values(await assignPorts(names, { hash: '00000001', recorded: {}, claims, isFree: everyPort }));

  await assignPorts(names, { hash: '00000001', recorded: {}, claims: { ...claims, release: (port) => void released.push(port) }, isFree: (port) => Promise.resolve(port !== busy) });

  expect(released).toEqual([busy]);
});

test('every port is outside the range of outgoing connections', () => {
  for (const hash of ['00000000', 'ffffffff', '7fffffff']) {
    expect(firstPort(hash)).toBeGreaterThanOrEqual(10_000);
    expect(firstPort(hash)).toBeLessThan(32_000);
  }
});
