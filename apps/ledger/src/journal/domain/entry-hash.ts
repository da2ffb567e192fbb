import { createHash, hash } from 'node:crypto';

/** What the hash of an entry covers: every column of the entry but its place in the batch, and all its lines in order. */
export interface HashedEntry {
  readonly id: string;
  readonly unit: string;
  readonly rule: string;
  readonly reference: string;
  readonly valueDate: string;
  readonly reverses: string;
  readonly pendingId: string;
  /** `account_id:amount` of each line, joined by commas. */
  readonly lines: string;
  readonly description: string;
}

/** One field a line; the description, which alone may hold anything, comes last. */
export function canonicalEntry(entry: HashedEntry): string {
  return `${entry.id}\n${entry.unit}\n${entry.rule}\n${entry.reference}\n${entry.valueDate}\n${entry.reverses}\n${entry.pendingId}\n${entry.lines}\n${entry.description}`;
}

/** SHA-256 as hex. */
export function entryHash(entry: HashedEntry): string {
  return hash('sha256', canonicalEntry(entry), 'hex');
}

/** SHA-256 over the hashes of a batch's entries in their order. */
export function batchRoot(entryHashes: readonly Buffer[]): Buffer {
  return createHash('sha256').update(Buffer.concat(entryHashes)).digest();
}

/** The link: previous hash ‖ root ‖ sequence ‖ booking instant in milliseconds, the numbers as eight bytes. */
export function chainHash(previous: Buffer, batch: { root: Buffer; sequence: bigint; bookedAt: Date }): Buffer {
  const numbers = Buffer.alloc(16);
  numbers.writeBigInt64BE(batch.sequence, 0);
  numbers.writeBigInt64BE(BigInt(batch.bookedAt.getTime()), 8);
  return createHash('sha256').update(previous).update(batch.root).update(numbers).digest();
}
