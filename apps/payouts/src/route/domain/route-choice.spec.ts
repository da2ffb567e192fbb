import { expect, test } from '@jest/globals';
import { houseInNeed, planReturns, planRoutes, type Gate, type HouseStanding, type RouteRules, type WaitingPayout } from './route-choice.ts';

const [ALPHA, BETA] = ['102100099996', '103100000026'];
const houseStanding = (house: 'NETSUNION' | 'UNIONPAY', change: Partial<HouseStanding> = {}): HouseStanding => ({
  house, isOpen: true, isPaused: false, room: 100, grantId: house, freeMinor: 1_000n, perItemLimitMinor: null, ...change,
});

interface Given {
  readonly netsUnion?: Partial<HouseStanding>;
  readonly unionPay?: Partial<HouseStanding> | null;
  readonly rules?: Partial<RouteRules>;
}
function rulesOf({ netsUnion, unionPay, rules }: Given): RouteRules {
  const houses = [houseStanding('NETSUNION', netsUnion), ...(unionPay === null ? [] : [houseStanding('UNIONPAY', unionPay)])];
  return { houses, primaryOf: new Map([['WITHDRAWAL', 'UNIONPAY']]), bankRules: new Map(), gates: new Map(), heldBack: new Set(), ...rules };
}

let count = 0;
const aPayout = (amountMinor = 100n, change: Partial<WaitingPayout> = {}): WaitingPayout => ({ payoutId: `p${(count += 1)}`, amountMinor, businessLine: 'SETTLEMENT', bankCode: ALPHA, ...change });
const gate = (key: string, tokensLeft = 0, isSmallOnly = false): [string, Gate] => [key, { key, epoch: 1n, tokensLeft, tokensMax: 2, isSmallOnly }];

function planned(waiting: readonly WaitingPayout[], given: Given = {}, windowMax = 100): { went: string[]; aside: string[] } {
  const plan = planRoutes(waiting, rulesOf(given), windowMax);
  return { went: plan.chosen.map(({ house, reason }) => `${house} ${reason}`), aside: plan.aside.map(({ waitsFor }) => waitsFor) };
}

test('a line\'s primary house takes its payouts, the first configured one those of lines that name none', () => {
  expect(planned([aPayout(), aPayout(1n, { businessLine: 'WITHDRAWAL' })]).went).toEqual(['NETSUNION PRIMARY', 'UNIONPAY PRIMARY']);
});

const alternatives: readonly [why: string, given: Given, reason: string][] = [
  ['is stopped', { netsUnion: { isOpen: false } }, 'PRIMARY_STOPPED'],
  ['is closed or silent', { netsUnion: { isPaused: true } }, 'PRIMARY_PAUSED'],
  ['has no grant', { netsUnion: { grantId: null } }, 'PRIMARY_NO_QUOTA'],
  ['is short of quota', { netsUnion: { freeMinor: 99n } }, 'PRIMARY_NO_QUOTA'],
  ['is broken', { rules: { gates: new Map([gate('NETSUNION')]) } }, 'PRIMARY_BROKEN'],
  ['is broken for the bank', { rules: { gates: new Map([gate(`NETSUNION/${ALPHA}`)]) } }, 'PRIMARY_BANK_BROKEN'],
  ['does not reach the bank', { rules: { bankRules: new Map([[`NETSUNION/${ALPHA}`, { isReachable: false, perItemLimitMinor: null }]]) } }, 'PRIMARY_UNREACHABLE'],
  ['has a lower limit', { netsUnion: { perItemLimitMinor: 99n } }, 'PRIMARY_ABOVE_LIMIT'],
  ['has a lower limit for the bank', { rules: { bankRules: new Map([[`NETSUNION/${ALPHA}`, { isReachable: true, perItemLimitMinor: 99n }]]) } }, 'PRIMARY_ABOVE_LIMIT'],
];

test.each(alternatives)('when the primary %s the other house takes it, and the reason is said', (_why, given, reason) => {
  expect(planned([aPayout()], given)).toEqual({ went: [`UNIONPAY ${reason}`], aside: [] });
});

test('a busy primary is waited for', () => {
  expect(planned([aPayout()], { netsUnion: { room: 0 } })).toEqual({ went: [], aside: [] });
});

test('a large payout that waits for quota is not overtaken at its house, and others go by the other house', () => {
  const bankRules = new Map([[`UNIONPAY/${ALPHA}`, { isReachable: false, perItemLimitMinor: null }]]);
  const waiting = [aPayout(300n), aPayout(50n), aPayout(50n, { bankCode: BETA })];

  expect(planned(waiting, { netsUnion: { freeMinor: 200n }, rules: { bankRules } })).toEqual({ went: ['UNIONPAY PRIMARY_NO_QUOTA'], aside: [] });
});

test('payouts of a broken bank step aside while others go on, and stay where they are when no house works', () => {
  const gates = new Map([gate(`NETSUNION/${ALPHA}`)]);

  expect(planned([aPayout(), aPayout(1n, { bankCode: BETA })], { unionPay: null, rules: { gates } })).toEqual({ went: ['NETSUNION PRIMARY'], aside: ['NETSUNION'] });
  expect(planned([aPayout()], { unionPay: null, netsUnion: { isPaused: true }, rules: { gates } })).toEqual({ went: [], aside: [] });
});

test('a payout that only a house in trouble could take steps aside, and one that no house may take waits for nobody', () => {
  const gates = new Map([gate('NETSUNION')]);
  const unreachable = { isReachable: false, perItemLimitMinor: null };

  expect(planned([aPayout()], { rules: { gates, bankRules: new Map([[`UNIONPAY/${ALPHA}`, unreachable]]) } }).aside).toEqual(['NETSUNION']);
  expect(planned([aPayout()], { rules: { bankRules: new Map([[`UNIONPAY/${ALPHA}`, unreachable], [`NETSUNION/${ALPHA}`, unreachable]]) } }).aside).toEqual(['']);
});

test('a head full of payouts that wait for one house\'s quota steps aside for those of the other', () => {
  const bankRules = new Map([[`UNIONPAY/${ALPHA}`, { isReachable: false, perItemLimitMinor: null }]]);
  const waiting = [aPayout(), aPayout()];

  expect(planned(waiting, { netsUnion: { freeMinor: 0n }, rules: { bankRules } }, 3).aside).toEqual([]);
  expect(planned(waiting, { netsUnion: { freeMinor: 0n }, rules: { bankRules } }, 2).aside).toEqual(['NETSUNION', 'NETSUNION']);
});

test('the smallest that wait try a route at its first stage, later any, never more than there are tokens', () => {
  const waiting = [aPayout(300n), aPayout(10n), aPayout(200n), aPayout(20n)];
  const tried = (given: [string, Gate]) => planRoutes(waiting, rulesOf({ unionPay: null, rules: { gates: new Map([given]) } }), 100);

  const first = tried(gate(`NETSUNION/${ALPHA}`, 2, true));
  expect(first.chosen.map(({ payout, reason }) => `${payout.amountMinor} ${reason}`)).toEqual(['10 PROBE', '20 PROBE']);
  expect(first.chosen[0]?.probes).toMatchObject([{ key: `NETSUNION/${ALPHA}`, epoch: 1n }]);
  expect(tried(gate('NETSUNION', 3)).chosen.map(({ payout }) => payout.amountMinor)).toEqual([300n, 10n, 200n]);
});

test('a house that tries again takes its probes from the other house, which pays the rest', () => {
  expect(planned([aPayout(), aPayout()], { rules: { gates: new Map([gate('NETSUNION', 1, true)]) } }).went).toEqual(['NETSUNION PROBE', 'UNIONPAY PRIMARY_BROKEN']);
});

test('what stepped aside returns when one of its houses takes the bank again: all, or as many as may try', () => {
  const group = { waitsFor: 'NETSUNION,UNIONPAY', bankCode: ALPHA };
  const returned = (given: Given) => planReturns([group], rulesOf(given), 200).map(({ house, countMax, isSmallOnly }) => ({ house, countMax, isSmallOnly }));

  expect(returned({})).toEqual([{ house: 'NETSUNION', countMax: 200, isSmallOnly: false }]);
  expect(returned({ netsUnion: { isPaused: true } })).toEqual([{ house: 'UNIONPAY', countMax: 200, isSmallOnly: false }]);
  expect(returned({ unionPay: null, rules: { gates: new Map([gate(`NETSUNION/${ALPHA}`, 2, true)]) } })).toEqual([{ house: 'NETSUNION', countMax: 2, isSmallOnly: true }]);
  expect(returned({ unionPay: null, rules: { gates: new Map([gate('NETSUNION')]) } })).toEqual([]);
});

test('need of quota is told for the house that will take the payout, whatever its quota', () => {
  expect(houseInNeed(aPayout(), rulesOf({ netsUnion: { freeMinor: 0n } }))).toBe('NETSUNION');
  expect(houseInNeed(aPayout(), rulesOf({ rules: { gates: new Map([gate('NETSUNION')]) } }))).toBe('UNIONPAY');
  expect(houseInNeed(aPayout(), rulesOf({ netsUnion: { perItemLimitMinor: 1n }, unionPay: null }))).toBeNull();
});
