/** A step of priority is worth so much waiting time. */
const HEAD_START_MS = 60_000n;

/**
 * Where a payout stands in its shard's queue, smallest first. Priority moves a payout ahead by a fixed time, so the order never has to be worked out
 * again while it ages, and nothing starves: whoever comes more than the largest head start later stands behind it, whatever its priority.
 */
export function dispatchOrder(given: { queuedAt: Date; linePriority: number; merchantPriority: number }): bigint {
  return BigInt(given.queuedAt.getTime()) - BigInt(given.linePriority + given.merchantPriority) * HEAD_START_MS;
}

/** An operator's word is worth a day of waiting, more than any priority. */
const EXPEDITED_HEAD_START_MS = 86_400_000n;

/** Where an expedited payout stands: before all that came within a day, behind those that were expedited before it. */
export function expeditedOrder(now: Date): bigint {
  return BigInt(now.getTime()) - EXPEDITED_HEAD_START_MS;
}

/** Digits are cheap and the same everywhere: FNV-1a over the merchant's id. */
export function shardOf(merchantId: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let at = 0; at < merchantId.length; at += 1) {
    hash ^= merchantId.charCodeAt(at);
    hash = Math.imul(hash, 0x01000193) >>> 0;
  }
  return hash % shards;
}
