import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { sum } from '@jinku/money';
import { aGrant } from '../grant.builder.ts';
import { effectiveTotal, usedTotal, type Grant } from './grant.ts';
import { planGrants } from './plan-grants.ts';

const amount = fc.bigInt({ min: 0n, max: 10_000_000n });

const anyGrant = (shard: number, holder: Grant['holder'] = 'PAYOUTS'): fc.Arbitrary<Grant> =>
  fc.record({ consumed: amount, reserved: amount, slack: amount, ask: fc.bigInt({ min: -1_000_000n, max: 1_000_000n }), need: amount, answered: fc.boolean() }).map((x) => {
    const acceptedTotal = x.consumed + x.reserved + x.slack;
    const asked = acceptedTotal + x.ask < 0n ? 0n : acceptedTotal + x.ask;
    return aGrant({
      id: `g${shard}`,
      holder,
      shard,
      epoch: 5,
      acceptedEpoch: x.answered ? 5 : 4,
      acceptedTotal,
      grantedTotal: x.answered ? acceptedTotal : asked,
      consumedTotal: x.consumed,
      reserved: x.reserved,
      need: x.need,
    });
  });

function applied(grants: readonly Grant[], changes: ReturnType<typeof planGrants>): Grant[] {
  return grants.map((grant) => {
    const change = changes.find((c) => c.grantId === grant.id);
    return change === undefined ? grant : { ...grant, epoch: change.epoch, grantedTotal: change.grantedTotal };
  });
}

describe('planning grants', () => {
  test('never grants more than there is, whatever the shards have answered', () => {
    fc.assert(
      fc.property(amount, anyGrant(0), anyGrant(1), anyGrant(2, 'TRANSFERS'), (extra, ...grants) => {
        const held = grants as [Grant, Grant, Grant];
        const grantable = sum(held.map(effectiveTotal)) + extra;
        const after = applied(held, planGrants(grantable, held));
        expect(sum(after.map(effectiveTotal))).toBeLessThanOrEqual(grantable);
      }),
    );
  });

  test('a recall never asks for what is used already and waits for the answer to the one before', () => {
    fc.assert(
      fc.property(amount, anyGrant(0), anyGrant(1), (grantable, a, b) => {
        for (const change of planGrants(grantable, [a, b])) {
          const grant = [a, b].find((g) => g.id === change.grantId) as Grant;
          if (change.grantedTotal < effectiveTotal(grant)) {
            expect(change.grantedTotal).toBeGreaterThanOrEqual(usedTotal(grant));
            expect(grant.acceptedEpoch).toBe(grant.epoch);
          }
          expect(change.epoch).toBe(grant.epoch + 1);
        }
      }),
    );
  });

  test('a new house is split evenly', () => {
    const grants = [aGrant({ id: 'a', shard: 0 }), aGrant({ id: 'b', shard: 1 })];

    expect(planGrants(1_000n, grants).map((c) => c.grantedTotal)).toEqual([500n, 500n]);
  });

  test('a shard in need is served by recalling what another leaves unused', () => {
    const idle = aGrant({ id: 'idle', shard: 0, epoch: 1, acceptedEpoch: 1, grantedTotal: 500n, acceptedTotal: 500n });
    const busy = aGrant({ id: 'busy', shard: 1, epoch: 1, acceptedEpoch: 1, grantedTotal: 500n, acceptedTotal: 500n, consumedTotal: 450n, need: 2_000n });

    const [recall, ...rest] = planGrants(1_000n, [idle, busy]);

    expect(rest).toEqual([]);
    expect(recall?.grantId).toBe('idle');
    expect(recall?.grantedTotal).toBeLessThan(500n);
  });

  test('what is enough for every queue reaches the queue that needs it, however it was split before', () => {
    const positive = fc.bigInt({ min: 0n, max: 10_000n });
    fc.assert(
      fc.property(fc.array(fc.record({ left: positive, need: positive }), { minLength: 1, maxLength: 4 }), positive, (shards, ungranted) => {
        const needed = sum(shards.map(({ need }) => need));
        const grantable = sum(shards.map(({ left }) => left)) + ungranted;
        let grants = shards.map(({ left, need }, shard) => aGrant({ id: `g${shard}`, shard, epoch: 1, acceptedEpoch: 1, grantedTotal: left, acceptedTotal: left, need }));
        // Each shard answers at once; a recall and the raise that it makes room for take two rounds.
        for (let round = 0; round < 3; round += 1) {
          grants = applied(grants, planGrants(grantable, grants)).map((grant) => ({ ...grant, acceptedEpoch: grant.epoch, acceptedTotal: grant.grantedTotal }));
        }
        if (needed <= grantable) for (const { grantedTotal, need } of grants) expect(grantedTotal).toBeGreaterThanOrEqual(need);
      }),
    );
  });

  test('nothing changes while every shard has enough', () => {
    const grants = [0, 1].map((shard) =>
      aGrant({ id: `g${shard}`, shard, epoch: 1, acceptedEpoch: 1, grantedTotal: 500n, acceptedTotal: 500n, consumedTotal: 10n }),
    );

    expect(planGrants(1_000n, grants)).toEqual([]);
  });

  test('when the mapping shrank below what is granted, unused quota is recalled', () => {
    const grants = [0, 1].map((shard) => aGrant({ id: `g${shard}`, shard, epoch: 1, acceptedEpoch: 1, grantedTotal: 500n, acceptedTotal: 500n }));

    expect(sum(planGrants(600n, grants).map((c) => 500n - c.grantedTotal))).toBe(400n);
  });

  test('fund-downs are told of their grant before there is anything in it: whoever has not heard of one cannot tell a need', () => {
    expect(planGrants(1_000n, [aGrant({ id: 'transfers', holder: 'TRANSFERS' })])).toEqual([{ grantId: 'transfers', epoch: 1, grantedTotal: 0n }]);
  });

  test('fund-downs get what they need before the shards share the rest, and nothing while they need nothing', () => {
    const shards = [0, 1].map((shard) => aGrant({ id: `g${shard}`, shard, need: 900_000n }));
    const transfers = aGrant({ id: 'transfers', holder: 'TRANSFERS', epoch: 1, acceptedEpoch: 1 });

    expect(planGrants(1_000n, [...shards, transfers]).map((c) => [c.grantId, c.grantedTotal])).toEqual([['g0', 500n], ['g1', 500n]]);
    expect(planGrants(1_000n, [...shards, { ...transfers, need: 400n }]).map((c) => [c.grantId, c.grantedTotal])).toEqual([['g0', 300n], ['g1', 300n], ['transfers', 400n]]);
  });

  test('a fund-down in need is served by recalling what the shards leave unused', () => {
    const idle = aGrant({ id: 'idle', epoch: 1, acceptedEpoch: 1, grantedTotal: 1_000n, acceptedTotal: 1_000n });
    const transfers = aGrant({ id: 'transfers', holder: 'TRANSFERS', need: 400n });

    expect(planGrants(1_000n, [idle, transfers])).toEqual([{ grantId: 'idle', epoch: 2, grantedTotal: 600n }]);
  });
});
