import { createHash, randomFillSync } from 'node:crypto';
import { systemClock } from '@jinku/calendar';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** As many ids may follow the first of a millisecond and still stand behind it; those after them only share its time. */
const COUNT_MAX = 0xfff;
let lastMs = -1;
let count = 0;

const UUID_BYTES = 16;
/** Asked of the system for many ids at once: each time costs as much as all the rest of an id. */
const drawn = Buffer.alloc(256 * UUID_BYTES);
let drawnAt = drawn.length;

/** A UUID of version 7: rows that are written together stand together in an index, and in the order in which this process named them. */
export function uuidv7(wallMs: number = systemClock.wallNow()): string {
  const bytes = randomId();
  count = wallMs === lastMs ? Math.min(count + 1, COUNT_MAX) : bytes[7]!;
  lastMs = wallMs;
  bytes.writeUIntBE(wallMs, 0, 6);
  bytes.writeUInt16BE(0x7000 | count, 6);
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return uuidText(bytes);
}

/** Sixteen bytes that are given once; the caller may write over them. */
function randomId(): Buffer {
  if (drawnAt === drawn.length) {
    randomFillSync(drawn);
    drawnAt = 0;
  }
  return drawn.subarray(drawnAt, (drawnAt += UUID_BYTES));
}

/** Our own services' ids are unique by themselves, and are kept so that outbox and inbox can be compared. */
export function isOwnSource(source: string): boolean {
  return source.startsWith('/jinku/');
}

/**
 * What the inbox knows a message by. CloudEvents promises that `source` and `id` together are unique, so an outside sender's id, which
 * may be
 * any text, counts only beside its source.
 */
export function inboxId({ source, id }: { source: string; id: string }): string {
  if (isOwnSource(source) && UUID.test(id)) return id.toLowerCase();
  return uuidText(createHash('sha256').update(source).update('\0').update(id).digest().subarray(0, 16));
}

function uuidText(bytes: Buffer): string {
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
