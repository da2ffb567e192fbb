import { createHash } from 'node:crypto';

export const CHAIN_HASH_BYTES = 32;

/** The hash that stands before the first row of a chain. */
export const CHAIN_GENESIS: Buffer = Buffer.alloc(CHAIN_HASH_BYTES);

/** SHA-256 of the row before and this row's content: changing or dropping any row breaks every later one. */
export function chainHash(previous: Uint8Array, content: string | Uint8Array): Buffer {
  if (previous.length !== CHAIN_HASH_BYTES) throw new RangeError(`a chain hash has ${CHAIN_HASH_BYTES} bytes`);
  return createHash('sha256').update(previous).update(content).digest();
}
