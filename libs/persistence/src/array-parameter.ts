import { arrayLiteral } from './array-literal.ts';

/** Writes one element behind its length; false when the value is not of the type, and PostgreSQL is to say what is wrong with its text. */
type WriteElement = (to: ByteWriter, value: unknown) => boolean;

const WRITERS: ReadonlyMap<string, { readonly oid: number; readonly write: WriteElement }> = new Map([
  ['text', { oid: 25, write: (to, value) => typeof value === 'string' && to.text(value) }],
  ['uuid', { oid: 2950, write: (to, value) => typeof value === 'string' && to.uuid(value) }],
  ['bigint', { oid: 20, write: (to, value) => typeof value === 'bigint' && BigInt.asIntN(64, value) === value && to.integer64(value) }],
  ['integer', { oid: 23, write: (to, value) => typeof value === 'number' && (value | 0) === value && to.integer32(value) }],
  ['int', { oid: 23, write: (to, value) => typeof value === 'number' && (value | 0) === value && to.integer32(value) }],
  ['smallint', { oid: 21, write: (to, value) => typeof value === 'number' && (value << 16) >> 16 === value && to.integer16(value) }],
  ['boolean', { oid: 16, write: (to, value) => typeof value === 'boolean' && to.boolean(value) }],
  ['date', { oid: 1082, write: (to, value) => typeof value === 'string' && to.date(value) }],
  ['timestamptz', { oid: 1184, write: (to, value) => value instanceof Date && to.instant(value) }],
  ['bytea', { oid: 17, write: (to, value) => Buffer.isBuffer(value) && to.bytes(value) }],
]);

const CAST = /\$(\d+)::([a-z_]+)(\[\])?/g;

/** The element types of the parameters that a statement casts to arrays of one type we can write, by their index; null for all others. */
export function elementTypesOf(text: string): readonly (string | null)[] {
  const types: (string | null)[] = [];
  for (const [, number, type, brackets] of text.matchAll(CAST)) {
    const index = Number(number) - 1;
    const element = brackets !== undefined && WRITERS.has(type ?? '') ? (type ?? null) : null;
    // What a parameter is cast to where it stands first is its type; of two different casts it is not for us to say which PostgreSQL sees first.
    types[index] = types[index] === undefined || types[index] === element ? element : null;
  }
  return types;
}

/**
 * A column of values in PostgreSQL's binary form where its type is known: the server takes that in half the time of the text, which it reads character by
 * character. Everything else as text, and nested arrays as they are, for the driver.
 */
export function arrayParameter(values: readonly unknown[], elementType: string | null): Buffer | string | readonly unknown[] {
  const writer = elementType === null ? undefined : WRITERS.get(elementType);
  if (writer === undefined || values.length === 0) return arrayLiteral(values);
  bytes.start();
  let hasNull = false;
  for (let index = 0; index < values.length; index += 1) {
    const value = values[index];
    if (value === null || value === undefined) {
      hasNull = true;
      bytes.null();
    } else if (!writer.write(bytes, value)) return arrayLiteral(values);
  }
  return bytes.finish({ hasNull, oid: writer.oid, length: values.length });
}

/** Dimensions, whether there are NULLs, the type of the elements; then of the one dimension its length and the index it begins with. */
const HEADER_BYTES = 20;
const LENGTH_BYTES = 4;
const FIRST_CAPACITY = 65_536;
/** What a column of whole files needed is not kept for ever. */
const CAPACITY_KEPT_MAX = 1_048_576;
const UTF8_BYTES_PER_UNIT_MAX = 3;
/** Shorter texts are mostly ASCII, and copied faster character by character than by a call out of JavaScript. */
const SHORT_TEXT = 64;
/** PostgreSQL counts days and microseconds from the year 2000. */
const EPOCH_MS = Date.UTC(2000, 0, 1);
const DAY_MS = 86_400_000;
const UUID_BYTES = 16;
const DATE_CHARACTERS = 10;
const UUID_CHARACTERS = 36;
const HYPHEN = 0x2d;
const BYTE_MAX = 0xff;
/** A bit that no byte has, wherever the digit stands in it. */
const NOT_HEXADECIMAL = 0x1000;
const HEXADECIMAL = Uint16Array.from({ length: BYTE_MAX + 1 }, (_, code) => {
  const digit = '0123456789abcdef'.indexOf(String.fromCharCode(code).toLowerCase());
  return digit < 0 ? NOT_HEXADECIMAL : digit;
});
/** Where each byte's two digits stand, and where the hyphens. */
const UUID_DIGITS = [0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34];
const UUID_HYPHENS = [8, 13, 18, 23];

/** One array at a time, in bytes that are used again for the next. */
class ByteWriter {
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_CAPACITY);
  #view = viewOf(this.#bytes);
  #at = HEADER_BYTES;
  /** The rows of a batch have mostly one date. */
  #lastDate = { text: '2000-01-01', days: 0 };

  start(): void {
    this.#at = HEADER_BYTES;
  }

  finish({ hasNull, oid, length }: { hasNull: boolean; oid: number; length: number }): Buffer {
    const header = [1, hasNull ? 1 : 0, oid, length, 1];
    header.forEach((value, index) => this.#view.setInt32(index * LENGTH_BYTES, value));
    const array = Buffer.from(this.#bytes.subarray(0, this.#at));
    if (this.#bytes.length > CAPACITY_KEPT_MAX) this.#useBytes(Buffer.allocUnsafe(FIRST_CAPACITY));
    return array;
  }

  null(): void {
    this.#begin(-1, 0);
  }

  integer16(value: number): true {
    this.#begin(2, 2);
    this.#view.setInt16(this.#at, value);
    this.#at += 2;
    return true;
  }

  integer32(value: number): true {
    this.#begin(4, 4);
    this.#view.setInt32(this.#at, value);
    this.#at += 4;
    return true;
  }

  integer64(value: bigint): true {
    this.#begin(8, 8);
    this.#view.setBigInt64(this.#at, value);
    this.#at += 8;
    return true;
  }

  boolean(value: boolean): true {
    this.#begin(1, 1);
    this.#bytes[this.#at] = value ? 1 : 0;
    this.#at += 1;
    return true;
  }

  /** False for what is not a date written as its year, month and day: PostgreSQL also reads other ways. */
  date(value: string): boolean {
    if (value !== this.#lastDate.text) {
      const time = Date.parse(`${value}T00:00:00Z`);
      if (Number.isNaN(time) || new Date(time).toISOString().slice(0, value.length) !== value || value.length !== DATE_CHARACTERS) return false;
      this.#lastDate = { text: value, days: (time - EPOCH_MS) / DAY_MS };
    }
    return this.integer32(this.#lastDate.days);
  }

  instant(value: Date): boolean {
    const time = value.getTime();
    return !Number.isNaN(time) && this.integer64(BigInt(time - EPOCH_MS) * 1_000n);
  }

  bytes(value: Buffer): true {
    this.#begin(value.length, value.length);
    this.#bytes.set(value, this.#at);
    this.#at += value.length;
    return true;
  }

  text(value: string): true {
    const { length } = value;
    const lengthAt = this.#at;
    this.#begin(length, length * UTF8_BYTES_PER_UNIT_MAX);
    const start = this.#at;
    const bytes = this.#bytes;
    let index = 0;
    if (length <= SHORT_TEXT) {
      for (; index < length; index += 1) {
        const code = value.charCodeAt(index);
        if (code > 0x7f) break;
        bytes[start + index] = code;
      }
    }
    if (index === length) this.#at = start + length;
    else {
      this.#at = start + bytes.write(value, start);
      this.#view.setInt32(lengthAt, this.#at - start);
    }
    return true;
  }

  /** False for what is not written as eight, four, four, four and twelve hexadecimal digits: PostgreSQL also reads other ways. */
  uuid(value: string): boolean {
    if (value.length !== UUID_CHARACTERS) return false;
    this.#begin(UUID_BYTES, UUID_BYTES);
    const bytes = this.#bytes;
    const at = this.#at;
    let seen = 0;
    let high = 0;
    for (let index = 0; index < UUID_BYTES; index += 1) {
      const place = UUID_DIGITS[index]!;
      const first = value.charCodeAt(place);
      const second = value.charCodeAt(place + 1);
      const byte = (HEXADECIMAL[first & BYTE_MAX]! << 4) | HEXADECIMAL[second & BYTE_MAX]!;
      bytes[at + index] = byte;
      seen |= byte;
      high |= first | second;
    }
    this.#at = at + UUID_BYTES;
    return seen <= BYTE_MAX && high <= BYTE_MAX && UUID_HYPHENS.every((place) => value.charCodeAt(place) === HYPHEN);
  }

  /** Writes the length of an element and makes room for so many bytes behind it. */
  #begin(length: number, bytesMax: number): void {
    const needed = this.#at + LENGTH_BYTES + bytesMax;
    if (needed > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(2 * needed);
      grown.set(this.#bytes.subarray(0, this.#at));
      this.#useBytes(grown);
    }
    this.#view.setInt32(this.#at, length);
    this.#at += LENGTH_BYTES;
  }

  #useBytes(bytes: Buffer): void {
    this.#bytes = bytes;
    this.#view = viewOf(bytes);
  }
}

function viewOf({ buffer, byteOffset, byteLength }: Buffer): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

const bytes = new ByteWriter();
