import { availableOf, quotaAfter, SettlementEffect, type QuotaFigures, type SessionToSettle } from './settlement.ts';

const QUOTA: QuotaFigures = { mappedMinor: 1_000n, consumedMinor: 700n, receiptsMinor: 300n };

/** Receipts 200, returns 50, payouts 600. */
const SESSION: SessionToSettle = { netMinor: -350n, consumedMinor: 600n, countedMinor: 200n };

test('with the net in the mapping nothing changes for who pays but for what came back, and the buffer stays as it was', () => {
  for (const effect of [SettlementEffect.AS_NOTIFIED, SettlementEffect.ROLL_NET_INTO_MAPPED]) {
    const after = quotaAfter(QUOTA, SESSION, effect);

    expect(after).toEqual({ mappedMinor: 650n, consumedMinor: 100n, receiptsMinor: 100n });
    expect(availableOf(after ?? QUOTA)).toBe(availableOf(QUOTA) + 50n);
    // I1: the reserve moves by the net, so the buffer moves by the net less what the mapping took.
    expect(SESSION.netMinor - ((after?.mappedMinor ?? 0n) - QUOTA.mappedMinor)).toBe(0n);
  }
});

test('a reset leaves the mapping alone: what was paid may be paid again, and the buffer bears the net', () => {
  expect(quotaAfter(QUOTA, SESSION, 'RESET_TO_MAPPED')).toEqual({ mappedMinor: 1_000n, consumedMinor: 100n, receiptsMinor: 100n });
});

test('receipts that count only when settled come in with the net', () => {
  const after = quotaAfter({ mappedMinor: 1_000n, consumedMinor: 600n, receiptsMinor: 0n }, { netMinor: -400n, consumedMinor: 600n, countedMinor: 0n }, 'AS_NOTIFIED');

  expect(availableOf(after ?? QUOTA)).toBe(400n + 200n);
});

test('a mapping below zero, or below what other sessions have consumed, is refused', () => {
  expect(quotaAfter({ ...QUOTA, mappedMinor: 349n, consumedMinor: 600n }, SESSION, 'AS_NOTIFIED')).toBeNull();
  expect(quotaAfter({ mappedMinor: 0n, consumedMinor: 100n, receiptsMinor: 100n }, { netMinor: 100n, consumedMinor: 0n, countedMinor: 100n }, 'RESET_TO_MAPPED')).toBeNull();
  expect(quotaAfter({ mappedMinor: 0n, consumedMinor: 100n, receiptsMinor: 100n }, { netMinor: 100n, consumedMinor: 0n, countedMinor: 100n }, 'AS_NOTIFIED')).toEqual({
    mappedMinor: 100n,
    consumedMinor: 100n,
    receiptsMinor: 0n,
  });
});
