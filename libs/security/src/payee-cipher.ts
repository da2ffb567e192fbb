import { createCipheriv, createDecipheriv, createHmac, createSecretKey, randomFillSync, type KeyObject } from 'node:crypto';

import { strictBase64, UnusableKey } from './pem.ts';

/** Content of payee-encryption.json: the key that encrypts, all keys that may decrypt, and the key of the finding hash. */
export interface PayeeKeys {
  readonly current: string;
  readonly keys: Readonly<Record<string, Uint8Array>>;
  readonly hashKey: Uint8Array;
}

/** The blob is damaged, was moved to another row, or its key is gone. */
export class UndecryptablePayee extends Error {
  readonly code = 'UNDECRYPTABLE_PAYEE';
  readonly keyId: string;

  constructor(keyId: string, cause?: unknown) {
    super(`payee cannot be decrypted with key ${keyId}`, { cause });
    this.name = 'UndecryptablePayee';
    this.keyId = keyId;
  }
}

const ALGORITHM = 'aes-256-gcm';
const KEY_BYTES = 32;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEY_ID = /^[A-Za-z0-9_-]{1,32}$/;

/** Fresh IVs are cut from a pool: one call to the random source per thousand payees. */
const IV_POOL_BYTES = IV_BYTES * 1_024;

export function parsePayeeKeys(json: string): PayeeKeys {
  const file = JSON.parse(json) as { current?: unknown; keys?: Record<string, unknown>; hashKey?: unknown };
  const keys = Object.fromEntries(Object.entries(file.keys ?? {}).map(([keyId, text]) => [keyId, keyBytes(keyId, text)]));
  return { current: String(file.current), keys, hashKey: keyBytes('hashKey', file.hashKey) };
}

/**
 * Encrypts payee account numbers and names: `keyId.base64url(iv ‖ tag ‖ ciphertext)`, AES-256-GCM. Old keys decrypt, the current one
 * encrypts. A random IV is good for 2^32 payees under one key: rotate before.
 */
export class PayeeCipher {
  readonly currentKeyId: string;
  readonly #keys: ReadonlyMap<string, KeyObject>;
  readonly #currentKey: KeyObject;
  readonly #hashKey: KeyObject;
  readonly #ivPool = Buffer.alloc(IV_POOL_BYTES);
  #ivAt = IV_POOL_BYTES;

  constructor({ current, keys, hashKey }: PayeeKeys) {
    this.#keys = new Map(Object.entries(keys).map(([keyId, bytes]) => [keyId, secretKeyOf(keyId, bytes)]));
    const currentKey = this.#keys.get(current);
    if (currentKey === undefined) throw new UnusableKey(current, 'the current payee key is not among the keys');
    this.currentKeyId = current;
    this.#currentKey = currentKey;
    this.#hashKey = secretKeyOf('hashKey', hashKey);
  }

  /** `boundTo` names the row (an id): a blob copied to another row does not decrypt there. */
  encrypt(plain: string, boundTo = ''): string {
    const iv = this.#nextIv();
    const cipher = createCipheriv(ALGORITHM, this.#currentKey, iv);
    cipher.setAAD(Buffer.from(boundTo));
    const body = cipher.update(plain, 'utf8');
    cipher.final();
    return `${this.currentKeyId}.${Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64url')}`;
  }

  decrypt(blob: string, boundTo = ''): string {
    const keyId = keyIdOf(blob);
    const key = this.#keys.get(keyId);
    const bytes = Buffer.from(blob.slice(keyId.length + 1), 'base64url');
    if (key === undefined || bytes.length < IV_BYTES + TAG_BYTES) throw new UndecryptablePayee(keyId);
    try {
      const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES));
      decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
      decipher.setAAD(Buffer.from(boundTo));
      const plain = decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES));
      decipher.final();
      return plain.toString('utf8');
    } catch (cause) {
      throw new UndecryptablePayee(keyId, cause);
    }
  }

  /** Whether a re-encryption job should take this blob. */
  isUnderOldKey(blob: string): boolean {
    return keyIdOf(blob) !== this.currentKeyId;
  }

  /** Keyed hash by which an account number is found without decrypting anything; spaces and dashes are not part of a number. */
  findingHash(accountNumber: string): string {
    return createHmac('sha256', this.#hashKey).update(accountNumber.replace(/[\s-]/g, '')).digest('base64url');
  }

  #nextIv(): Buffer {
    if (this.#ivAt >= IV_POOL_BYTES) {
      randomFillSync(this.#ivPool);
      this.#ivAt = 0;
    }
    this.#ivAt += IV_BYTES;
    return this.#ivPool.subarray(this.#ivAt - IV_BYTES, this.#ivAt);
  }
}

function keyIdOf(blob: string): string {
  const end = blob.indexOf('.');
  return end > 0 ? blob.slice(0, end) : '?';
}

function keyBytes(keyId: string, text: unknown): Uint8Array {
  const bytes = typeof text === 'string' ? strictBase64(text) : null;
  if (bytes === null) throw new UnusableKey(keyId, 'not base64');
  return bytes;
}

function secretKeyOf(keyId: string, bytes: Uint8Array): KeyObject {
  if (!KEY_ID.test(keyId)) throw new UnusableKey('?', 'its id is not 1 to 32 letters, digits, _ or -');
  if (bytes.length !== KEY_BYTES) throw new UnusableKey(keyId, `${KEY_BYTES} bytes are needed`);
  return createSecretKey(bytes);
}
