import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ClearingHouse } from '@jinku/contracts';
import { sum } from '@jinku/money';
import { aGrant } from '../../grant/grant.builder.ts';
import { effectiveTotal } from '../../grant/domain/grant.ts';
import { planGrants } from '../../grant/domain/plan-grants.ts';
import { grantable, quotaBook, QuotaSource, type Quota } from './quota.ts';

const aQuota = (mapped: bigint): Quota => ({
  clearingHouse: ClearingHouse.NETSUNION,
  mapped,
  receiptsCounted: 0n,
  reflectedTotal: 0n,
  pendingDecreases: 0n,
  pendingIncreases: 0n,
  railAvailable: mapped,
  source: QuotaSource.QUERY,
  asOf: new Date('2026-11-21T02:00:00Z'),
});

/** Two shards that spend, finish, fail and answer at random, and a house that changes its mapping: ungranted never goes below zero by our own doing. */
test('through any order of spending, answers and changes of the mapping, no more is granted than there is', () => {
  const step = fc.record({ act: fc.constantFrom('plan', 'answer', 'spend', 'succeed', 'fail', 'raise', 'receipt'), shard: fc.integer({ min: 0, max: 1 }), amount: fc.bigInt({ min: 1n, max: 500n }) });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let quota = aQuota(1_000n);
      // `held` is what the shard itself knows; the grants are what quotas knows of it.
      const held = [0, 1].map(() => ({ granted: 0n, consumed: 0n, reserved: 0n }));
      let grants = [0, 1].map((shard) => aGrant({ id: `g${shard}`, shard }));
      for (const { act, shard, amount } of steps) {
        const own = held[shard] as (typeof held)[number];
        const used = own.consumed + own.reserved;
        if (act === 'spend' && used + amount <= own.granted) own.reserved += amount;
        if (act === 'succeed' && own.reserved >= amount) {
          own.reserved -= amount;
          own.consumed += amount;
        }
        if (act === 'fail' && own.reserved >= amount) own.reserved -= amount;
        if (act === 'raise') quota = { ...quota, mapped: quota.mapped + amount };
        if (act === 'receipt') quota = { ...quota, receiptsCounted: quota.receiptsCounted + amount };
        if (act === 'plan') {
          const changes = planGrants(grantable(quota), grants);
          grants = grants.map((g) => ({ ...g, ...changes.find((c) => c.grantId === g.id) }));
        }
        if (act === 'answer') {
          const grant = grants[shard] as (typeof grants)[number];
          own.granted = grant.grantedTotal > used ? grant.grantedTotal : used;
          grants = grants.map((g) => (g.shard === shard ? { ...g, acceptedEpoch: g.epoch, acceptedTotal: own.granted, consumedTotal: own.consumed, reserved: own.reserved } : g));
        }
        expect(sum(held.map((h) => h.consumed + h.reserved))).toBeLessThanOrEqual(grantable(quota));
        expect(sum(grants.map(effectiveTotal))).toBeLessThanOrEqual(grantable(quota));
        const book = quotaBook(quota, grants);
        expect(book.bookAvailable).toBe(book.grantedFree + book.reserved + book.ungranted);
        expect(book.ungranted).toBeGreaterThanOrEqual(0n);
        expect(book.takeable).toBeLessThanOrEqual(book.free);
        // The house refuses to map less than what was paid out of it.
        if (book.takeable > 0n) expect(quota.mapped - book.takeable).toBeGreaterThanOrEqual(sum(grants.map(({ consumedTotal }) => consumedTotal)));
      }
    }),
    { numRuns: 1_000 },
  );
});
