/** A step of priority is worth so much waiting time. */
const HEAD_START_MS = 60_000n;

/**
 * Where a payout stands in its shard's queue, smallest first. Priority moves a payout ahead by a fixed time, so the order never has to be worked out
 * again while it ages, and nothing starves: whoever comes more than the largest head start later stands behind it, whatever its priority.
 */
export function dispatchOrder(given: { queuedAt: Date; linePriority: number; merchantPriority: number }): bigint {
  return BigInt(given.queuedAt.getTime()) - BigInt(given.linePriority + given.merchantPriority) * HEAD_START_MS;
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
