import { batchRoot, chainHash, entryHash } from './entry-hash.ts';

/** A batch as it stands in the chain. */
export interface ChainedBatch {
  readonly sequence: bigint;
  readonly id: bigint;
  readonly booked_at: Date;
  readonly entry_count: number;
  readonly root: Buffer;
  readonly hash: Buffer;
}

/** An entry with all that its hash covers. */
export interface ChainedEntry {
  readonly id: string;
  readonly batch_id: bigint;
  readonly unit: string;
  readonly rule: string;
  readonly reference: string;
  readonly value_date: string;
  readonly reverses: string | null;
  readonly pending_id: string | null;
  readonly description: string | null;
  readonly lines: string | null;
  readonly hash: Buffer;
}

/** Where the chain holds: the sequence and the hash of the last batch that follows from all before it. */
export interface ChainPlace {
  readonly sequence: bigint;
  readonly hash: Buffer;
}

export const CHAIN_START: ChainPlace = { sequence: 0n, hash: Buffer.alloc(32) };

/** Why a batch does not follow from the place before it; null when it does. */
export function whyBroken(batch: ChainedBatch, { previous, entries }: { previous: ChainPlace; entries: readonly ChainedEntry[] }): string | null {
  if (batch.sequence !== previous.sequence + 1n) return 'a batch is missing';
  if (entries.length !== batch.entry_count) return 'an entry was removed or added';
  if (!entries.every(hasItsHash)) return 'an entry or its lines were changed';
  if (!batchRoot(entries.map((row) => row.hash)).equals(batch.root)) return 'the entries do not make up the root';
  const link = chainHash(previous.hash, { root: batch.root, sequence: batch.sequence, bookedAt: batch.booked_at });
  return link.equals(batch.hash) ? null : 'the batch does not follow from the one before';
}

function hasItsHash(row: ChainedEntry): boolean {
  const hash = entryHash({
    id: row.id,
    unit: row.unit,
    rule: row.rule,
    reference: row.reference,
    valueDate: row.value_date,
    reverses: row.reverses ?? '',
    pendingId: row.pending_id ?? '',
    lines: row.lines ?? '',
    description: row.description ?? '',
  });
  return row.hash.toString('hex') === hash;
}
