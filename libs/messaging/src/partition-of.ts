const FNV_OFFSET = 0x811c9dc5;
const FNV_PRIME = 0x01000193;

/**
 * The partition of a key in the PostgreSQL log (FNV-1a). It must never change while records are in the log. Kafka has its own, the one
 * of its Java clients.
 */
export function partitionOf(key: string, partitions: number): number {
  let hash = FNV_OFFSET;
  for (const byte of Buffer.from(key)) hash = Math.imul(hash ^ byte, FNV_PRIME) >>> 0;
  return hash % partitions;
}
