/** From when receipts add to what may be paid from. */
export const ReceiptsCount = {
  /** When they come in. */
  REAL_TIME: 'REAL_TIME',
  /** When their session is cut. */
  SESSION_CLOSE: 'SESSION_CLOSE',
  /** When their session is settled: through the mapping, by the effect below. */
  SETTLED: 'SETTLED',
} as const;
export type ReceiptsCount = (typeof ReceiptsCount)[keyof typeof ReceiptsCount];

/** What the settlement of a session does to the mapped quota. */
export const SettlementEffect = {
  /** The net goes into the mapping, and a notice tells the new one. */
  AS_NOTIFIED: 'AS_NOTIFIED',
  /** The net goes into the mapping; nobody is told. */
  ROLL_NET_INTO_MAPPED: 'ROLL_NET_INTO_MAPPED',
  /** The mapping stays as it is: the net goes into the unallocated buffer. */
  RESET_TO_MAPPED: 'RESET_TO_MAPPED',
} as const;
export type SettlementEffect = (typeof SettlementEffect)[keyof typeof SettlementEffect];

/** What of one house's quota is mapped, what payouts have consumed and what receipts have added since they were last taken over. */
export interface QuotaFigures {
  readonly mappedMinor: bigint;
  readonly consumedMinor: bigint;
  readonly receiptsMinor: bigint;
}

export interface SessionToSettle {
  readonly netMinor: bigint;
  /** Of its payouts what still stands in the consumption. */
  readonly consumedMinor: bigint;
  /** Of its receipts what still counts beside the mapping. */
  readonly countedMinor: bigint;
}

export function availableOf({ mappedMinor, consumedMinor, receiptsMinor }: QuotaFigures): bigint {
  return mappedMinor + receiptsMinor - consumedMinor;
}

/** The quota after a session was settled; null when the mapping would be below zero, or below what the other sessions have consumed. */
export function quotaAfter(quota: QuotaFigures, session: SessionToSettle, effect: SettlementEffect): QuotaFigures | null {
  const after: QuotaFigures = {
    mappedMinor: quota.mappedMinor + (effect === 'RESET_TO_MAPPED' ? 0n : session.netMinor),
    consumedMinor: quota.consumedMinor - session.consumedMinor,
    receiptsMinor: quota.receiptsMinor - session.countedMinor,
  };
  return after.mappedMinor < 0n || availableOf(after) < 0n ? null : after;
}
