import { expect, test } from '@jest/globals';
import { IllegalTransition } from '@jinku/errors';
import { afterHappening, breakerStates, BreakerEvent, BreakerState, closedBreaker, STAGE_TOKENS, STAGE_TROUBLE_MAX, tokensLeft, type Breaker, type Happening } from './breaker.ts';

const policy = { firstBackOffMs: 1_000, longestBackOffMs: 6_000 };
const TROUBLE: Happening = { kind: 'TROUBLE', reason: 'UNKNOWN_OUTCOMES' };
const FAILED_PROBE: Happening = { kind: 'PROBE_FAILED', reason: 'PROBE_UNKNOWN' };
const TIME: Happening = { kind: 'TIME' };
const force = { by: 'alice', approvedBy: 'bob', reason: 'the bank called', until: new Date(100_000) };

/** Goes through happenings one after the other; those from which nothing follows leave the breaker as it is. */
function after(happenings: readonly (readonly [Happening, number])[], start: Breaker = closedBreaker('NETSUNION')): Breaker {
  return happenings.reduce((breaker, [happening, wallNow]) => afterHappening(breaker, happening, { wallNow, now: new Date(wallNow), policy })?.breaker ?? breaker, start);
}

const halfOpen = after([[TROUBLE, 0], [TIME, 1_000]]);
const good = (count: number): Happening => ({ kind: 'GOOD', count });

test('every state takes the events of the table and no others', () => {
  const taken = Object.values(BreakerState).map((state) =>
    Object.values(BreakerEvent).filter((event) => {
      try {
        breakerStates.next(state, event);
        return true;
      } catch (error) {
        expect(error).toBeInstanceOf(IllegalTransition);
        return false;
      }
    }),
  );
  expect(taken).toEqual([
    ['trip', 'forceOpen', 'forceClose', 'release'],
    ['probe', 'forceOpen', 'forceClose', 'release'],
    ['advance', 'recover', 'relapse', 'forceOpen', 'forceClose'],
  ]);
});

test('trouble opens it, and only the end of the back-off lets a few try', () => {
  const open = after([[TROUBLE, 0]]);

  expect(open).toMatchObject({ state: 'OPEN', openUntil: new Date(1_000), reason: 'UNKNOWN_OUTCOMES', epoch: 1n });
  expect(after([[TIME, 999]], open)).toBe(open);
  expect(after([[good(99), 2_000], [TROUBLE, 2_000]], open)).toBe(open);
  expect(after([[TIME, 1_000]], open)).toMatchObject({ state: 'HALF_OPEN', stage: 0, epoch: 2n });
});

test('each stage needs all its tokens back, and the last one closes it', () => {
  const [small, more, most] = STAGE_TOKENS;

  expect(after([[good(small - 1), 0]], halfOpen)).toMatchObject({ state: 'HALF_OPEN', stage: 0, goodCount: small - 1, epoch: halfOpen.epoch });
  expect(after([[good(small), 0]], halfOpen)).toMatchObject({ state: 'HALF_OPEN', stage: 1, goodCount: 0 });
  expect(after([[good(small), 0], [good(more), 0], [good(most), 0]], halfOpen)).toMatchObject({ state: 'CLOSED', openings: 0, reason: null });
});

test('trouble that was under way before it opened is not held against a route that tries again', () => {
  expect(after([[TROUBLE, 1_500]], halfOpen)).toBe(halfOpen);
});

test('a later stage bears a few probes that fail, fewer than would open a closed route, and one more opens it again', () => {
  const failed = (count: number): (readonly [Happening, number])[] => Array.from({ length: count }, () => [FAILED_PROBE, 0] as const);
  for (const stage of [1, 2] as const) {
    const [tokens, troubleMax] = [STAGE_TOKENS[stage], STAGE_TROUBLE_MAX[stage]];
    const standing = { ...halfOpen, stage };

    expect(troubleMax / tokens).toBeLessThan(0.2);
    expect(after(failed(troubleMax), standing)).toMatchObject({ state: 'HALF_OPEN', stage, troubleCount: troubleMax });
    expect(after(failed(troubleMax + 1), standing)).toMatchObject({ state: 'OPEN', openings: 2 });
    expect(after([...failed(troubleMax), [good(tokens - troubleMax - 1), 0]], standing)).toMatchObject({ state: 'HALF_OPEN', stage });
    expect(after([...failed(troubleMax), [good(tokens - troubleMax), 0]], standing)).toMatchObject(stage === 2 ? { state: 'CLOSED' } : { state: 'HALF_OPEN', stage: 2, troubleCount: 0 });
    expect(after([[good(tokens - troubleMax), 0], ...failed(troubleMax)], standing)).toMatchObject(stage === 2 ? { state: 'CLOSED' } : { state: 'HALF_OPEN', stage: 2 });
  }
});

test('one of the first probes that fails opens it again for longer each time, up to the longest', () => {
  let breaker = halfOpen;
  const backOffs = [];
  for (let round = 0; round < 4; round += 1) {
    breaker = after([[FAILED_PROBE, 0]], breaker);
    backOffs.push(breaker.openUntil?.getTime());
    breaker = after([[TIME, 10_000]], breaker);
  }

  expect(backOffs).toEqual([2_000, 4_000, 6_000, 6_000]);
});

test('after it recovered the back-off starts small again', () => {
  const recovered = after([[good(2), 0], [good(8), 0], [good(32), 0]], halfOpen);

  expect(after([[TROUBLE, 0]], recovered).openUntil).toEqual(new Date(1_000));
});

test('a force holds against trouble, goodness and time until it ends or is released; then the route proves itself', () => {
  const open = after([[{ kind: 'FORCE', state: 'OPEN', force }, 0]]);
  const closed = after([[{ kind: 'FORCE', state: 'CLOSED', force }, 0]], halfOpen);

  expect(after([[TIME, 99_999], [good(9), 0], [TROUBLE, 0]], open)).toBe(open);
  expect(after([[TROUBLE, 0]], closed)).toBe(closed);
  expect(after([[TIME, 100_000]], open)).toMatchObject({ state: 'HALF_OPEN', force: null });
  expect(after([[TIME, 100_000]], closed)).toMatchObject({ state: 'CLOSED', force: null });
  expect(after([[{ kind: 'RELEASE', reason: 'r' }, 0]], open)).toMatchObject({ state: 'HALF_OPEN', force: null });
});

test('tokens whose outcome never came are given out again', () => {
  const taken = { ...halfOpen, tokensTaken: 2, tokensUntil: new Date(5_000) };

  expect([tokensLeft(halfOpen, 0), tokensLeft(taken, 4_999), tokensLeft(taken, 5_000)]).toEqual([2, 0, 2]);
});
