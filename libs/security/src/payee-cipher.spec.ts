import { randomBytes } from 'node:crypto';

import fc from 'fast-check';

import { maskAccountNumber, maskName } from './masking.ts';
import { parsePayeeKeys, PayeeCipher } from './payee-cipher.ts';

const old = randomBytes(32);
const hashKey = randomBytes(32);
const before = new PayeeCipher({ current: 'k1', keys: { k1: old }, hashKey });
const after = new PayeeCipher({ current: 'k2', keys: { k1: old, k2: randomBytes(32) }, hashKey });
const undecryptable = expect.objectContaining({ code: 'UNDECRYPTABLE_PAYEE' });
const unusable = expect.objectContaining({ code: 'UNUSABLE_KEY' });

test('any text comes back as it was, and never in the clear', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 8 }), fc.string(), (plain, row) => {
      const blob = after.encrypt(plain, row);
      return after.decrypt(blob, row) === plain && !blob.includes(plain);
    }),
  );
});

test('the same payee encrypts differently each time, over many draws of the IV pool', () => {
  const blobs = new Set(Array.from({ length: 3_000 }, () => after.encrypt('6222021234567890')));

  expect(blobs.size).toBe(3_000);
});

test('after a rotation old blobs decrypt, are known as old, and new ones are not readable with the old key alone', () => {
  const blob = before.encrypt('张三丰');

  expect(after.decrypt(blob)).toBe('张三丰');
  expect(after.isUnderOldKey(blob)).toBe(true);
  expect(after.isUnderOldKey(after.encrypt('张三丰'))).toBe(false);
  expect(() => before.decrypt(after.encrypt('张三丰'))).toThrow(undecryptable);
});

test('a flipped bit, a cut blob, another row or no blob at all does not decrypt', () => {
  const blob = after.encrypt('6222021234567890', 'payout-1');
  const [keyId = '', body = ''] = blob.split('.');
  const bytes = Buffer.from(body, 'base64url');

  for (let at = 0; at < bytes.length; at += 1) {
    const flipped = Buffer.from(bytes);
    flipped[at] = (flipped[at] ?? 0) ^ 1;
    expect(() => after.decrypt(`${keyId}.${flipped.toString('base64url')}`, 'payout-1')).toThrow(undecryptable);
  }
  for (const wrong of ['', '.', 'k1', `k1.${body}`, `k9.${body}`, blob.slice(0, 30), body]) {
    expect(() => after.decrypt(wrong, 'payout-1')).toThrow(undecryptable);
  }
  expect(() => after.decrypt(blob, 'payout-2')).toThrow(undecryptable);
});

test('an account number is found by its hash however it was spaced, under one hash key only', () => {
  const other = new PayeeCipher({ current: 'k1', keys: { k1: old }, hashKey: randomBytes(32) });

  expect(after.findingHash('6222 0212 3456 7890')).toBe(before.findingHash('6222021234567890'));
  expect(after.findingHash('6222021234567891')).not.toBe(after.findingHash('6222021234567890'));
  expect(other.findingHash('6222021234567890')).not.toBe(after.findingHash('6222021234567890'));
});

test('the key file is read strictly', () => {
  const text = (file: object): string => JSON.stringify(file);
  const good = randomBytes(32).toString('base64');

  expect(new PayeeCipher(parsePayeeKeys(text({ current: 'k1', keys: { k1: good }, hashKey: good }))).currentKeyId).toBe('k1');
  expect(() => parsePayeeKeys(text({ current: 'k1', keys: { k1: 'not base64!' }, hashKey: good }))).toThrow(unusable);
  expect(() => new PayeeCipher(parsePayeeKeys(text({ current: 'k2', keys: { k1: good }, hashKey: good })))).toThrow(unusable);
  expect(() => new PayeeCipher(parsePayeeKeys(text({ current: 'k1', keys: { k1: 'AAAA' }, hashKey: good })))).toThrow(unusable);
  expect(() => new PayeeCipher(parsePayeeKeys(text({ current: 'a.b', keys: { 'a.b': good }, hashKey: good })))).toThrow(unusable);
});

test('masks show the ends of a number and the family name, and nothing of what is short', () => {
  expect(maskAccountNumber('6222021234567890')).toBe('6222****7890');
  expect(maskAccountNumber('6222 0212 3456 7890')).toBe('6222****7890');
  expect(maskAccountNumber('12345678')).toBe('****');
  expect(maskName('张三丰')).toBe('张**');
  expect(maskName(' 北京某某科技有限公司')).toBe('北**');
  expect(maskName('𠮷野')).toBe('𠮷**');
  expect(maskName('')).toBe('**');
});
