import { expect, test } from '@jest/globals';
import { canonicalJson, contentHash } from './idempotency.ts';

test('the order of fields does not matter, at any depth; the order of a list does', () => {
  expect(canonicalJson({ b: [{ y: 1, x: '甲' }, null], a: true })).toBe('{"a":true,"b":[{"x":"甲","y":1},null]}');
  expect(contentHash('pay', { a: 1, b: 2 })).toEqual(contentHash('pay', { b: 2, a: 1 }));
  expect(contentHash('pay', [1, 2])).not.toEqual(contentHash('pay', [2, 1]));
});

test('a field that is not given is like one that is absent', () => {
  expect(canonicalJson({ a: undefined, b: 1 })).toBe('{"b":1}');
  expect(canonicalJson(undefined)).toBe('null');
});

test('no field is lost for its name', () => {
  const given: unknown = JSON.parse('{"toString":1,"__proto__":{"b":2},"10":3}');

  expect(JSON.parse(canonicalJson(given))).toEqual(given);
  expect(canonicalJson(given)).toContain('"__proto__":{"b":2}');
});

test('the same content under another operation has another hash', () => {
  expect(contentHash('pay', { a: 1 })).not.toEqual(contentHash('refund', { a: 1 }));
});
