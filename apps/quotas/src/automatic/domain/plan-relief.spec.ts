import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sum } from '@jinku/money';
import { policyOf, SHIPPED_POLICY } from '../../policy/domain/quota-policy.ts';
import { planRelief, type HouseNeed, type ReliefSituation } from './plan-relief.ts';

const shipped = policyOf(SHIPPED_POLICY, 0);
const aHouse = ({ free = 0n, ...given }: Partial<HouseNeed>): HouseNeed => ({ clearingHouse: 'NETSUNION', mapped: 0n, free, takeable: free > 0n ? free : 0n, need: 0n, incoming: 0n, isFrozen: false, sinceLastActMs: null, ...given });

function situation(netsUnion: Partial<HouseNeed>, unionPay: Partial<HouseNeed>, given: Partial<ReliefSituation> = {}): ReliefSituation {
  return { houses: [aHouse(netsUnion), aHouse({ clearingHouse: 'UNIONPAY', ...unionPay })], buffer: 0n, movedToday: 0n, policy: shipped, ...given };
}
const acts = (given: ReliefSituation): unknown[] => planRelief(given).map(({ kind, amount }) => [kind, amount]);
const withFloor = { ...shipped, houses: { ...shipped.houses, UNIONPAY: { ...shipped.houses.UNIONPAY, floor: 300n } } };

test('need comes from the other house, then from the buffer above its minimum, and what is missing then is told', () => {
  const policy = { ...shipped, minimumBuffer: 100n };

  expect(acts(situation({ need: 900n, free: 100n }, { free: 500n }, { buffer: 300n, policy }))).toEqual([['SHIFT', 500n], ['INCREASE', 200n], ['WARNING', 100n]]);
});

test('the other house keeps its floor and what its own backlog needs', () => {
  expect(acts(situation({ need: 900n }, { free: 500n, need: 150n }, { policy: withFloor }))).toEqual([['SHIFT', 50n], ['WARNING', 850n]]);
});

test('receipts stay where they are: only what is mapped goes to the other house', () => {
  expect(acts(situation({ need: 900n }, { free: 500n, takeable: 200n }))).toEqual([['SHIFT', 200n], ['WARNING', 700n]]);
  expect(acts(situation({ need: 900n }, { free: 500n, need: 400n, takeable: 200n }))).toEqual([['SHIFT', 100n], ['WARNING', 800n]]);
});

test('what is on its way already is not asked for again', () => {
  expect(acts(situation({ need: 900n, free: 100n, incoming: 800n }, { free: 500n }))).toEqual([]);
});

test('nothing is taken from or given to a house whose figure cannot be relied on', () => {
  expect(acts(situation({ need: 900n, isFrozen: true }, { free: 2_000n }))).toEqual([]);
  expect(acts(situation({ need: 900n }, { free: 2_000n, isFrozen: true }))).toEqual([['WARNING', 900n]]);
});

test('while the buffer is negative nothing is shifted: what left one house could not be increased at the other', () => {
  expect(acts(situation({ need: 900n }, { free: 2_000n }, { buffer: -1n }))).toEqual([['WARNING', 900n]]);
});

test('a cool-down, a daily cap and a policy that is off are kept', () => {
  const automatic = (given: Partial<typeof shipped.automaticShift>): typeof shipped => ({ ...shipped, automaticShift: { ...shipped.automaticShift, ...given } });
  const short = { need: 900n, sinceLastActMs: 59_999 };

  expect(acts(situation(short, { free: 2_000n }, { policy: automatic({ isOn: false }) }))).toEqual([]);
  expect(acts(situation(short, { free: 2_000n }, { policy: automatic({ coolDownMs: 60_000 }) }))).toEqual([]);
  expect(acts(situation(short, { free: 2_000n }, { policy: automatic({ dailyAmountMax: 500n }), movedToday: 200n }))).toEqual([['SHIFT', 300n], ['WARNING', 600n]]);
});

test('whatever is needed, no rule takes a house below its floor and need, or the buffer below its minimum, or both houses in a circle', () => {
  const amount = fc.bigInt({ min: -1_000n, max: 5_000n });
  const positive = fc.bigInt({ min: 0n, max: 5_000n });
  const house = fc.record({ free: amount, need: positive, incoming: positive });
  fc.assert(
    fc.property(house, house, amount, positive, (netsUnion, unionPay, buffer, minimumBuffer) => {
      const given = situation(netsUnion, unionPay, { buffer, policy: { ...withFloor, minimumBuffer } });
      const planned = planRelief(given);
      for (const { clearingHouse, free, need } of given.houses) {
        const out = sum(planned.flatMap((act) => (act.kind === 'SHIFT' && act.fromHouse === clearingHouse ? [act.amount] : [])));
        if (out > 0n) expect(free - out).toBeGreaterThanOrEqual(need + withFloor.houses[clearingHouse].floor);
      }
      const increases = sum(planned.flatMap((act) => (act.kind === 'INCREASE' ? [act.amount] : [])));
      if (increases > 0n) expect(buffer - increases).toBeGreaterThanOrEqual(minimumBuffer);
      expect(new Set(planned.flatMap((act) => (act.kind === 'SHIFT' ? [act.fromHouse] : []))).size).toBeLessThanOrEqual(1);
    }),
    { numRuns: 1_000 },
  );
});
