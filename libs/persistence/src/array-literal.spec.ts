import { describe, expect, test } from '@jest/globals';
import { arrayLiteral } from './array-literal.ts';

describe('arrayLiteral', () => {
  test('quotes every text, so that NULL, commas and braces in it stay text', () => {
    expect(arrayLiteral(['NULL', 'a,b', '{c}', '', ' d '])).toBe('{"NULL","a,b","{c}",""," d "}');
  });

  test('escapes quotes and backslashes', () => {
    expect(arrayLiteral(['a"b', 'c\\d'])).toBe('{"a\\"b","c\\\\d"}');
  });

  test('writes what is missing as NULL', () => {
    expect(arrayLiteral([null, undefined, 1n])).toBe('{NULL,NULL,1}');
  });

  test('leaves nested arrays and objects to the driver', () => {
    const nested = [['a'], ['b']];

    expect(arrayLiteral(nested)).toBe(nested);
  });
});
