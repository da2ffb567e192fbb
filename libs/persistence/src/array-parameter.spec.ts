import { describe, expect, test } from '@jest/globals';
import { arrayLiteral } from './array-literal.ts';
import { arrayParameter, elementTypesOf } from './array-parameter.ts';

describe('elementTypesOf', () => {
  test('knows the element type of each parameter that is cast to one array', () => {
    expect(elementTypesOf('SELECT $2::text[], $1::uuid[] WHERE a = ANY($2::text[])')).toEqual(['uuid', 'text']);
  });

  test('says nothing of a parameter that is cast in two ways, is no array, or of a type that is not written here', () => {
    expect(elementTypesOf('SELECT $1::text[], $1::uuid[], $2::text, $3::jsonb[], $4::text[], $4::text')).toEqual([null, null, null, null]);
  });
});

describe('arrayParameter', () => {
  test('writes texts with their length in bytes', () => {
    expect(hexOf(['ab', '', '汇', null], 'text')).toBe(
      ['00000001', '00000001', '00000019', '00000004', '00000001', '00000002', '6162', '00000000', '00000003', 'e6b187', 'ffffffff'].join(''),
    );
  });

  test('what is not of the type goes as text, so that PostgreSQL says what is wrong', () => {
    const cases: [string, unknown[]][] = [
      ['uuid', ['019ab000-0000-7000-8000-00000000000g']],
      ['uuid', ['019ab000000070008000000000000000']],
      ['bigint', [1n << 63n]],
      ['integer', [2 ** 31]],
      ['integer', [1.5]],
      ['smallint', [40_000]],
      ['date', ['2026-02-30']],
      ['date', ['2026-11-22 BC']],
      ['timestamptz', ['2026-11-22T00:00:00Z']],
      ['text', ['a', 1]],
      ['bytea', ['a']],
    ];
    for (const [type, values] of cases) expect(arrayParameter(values, type)).toEqual(arrayLiteral(values));
  });

  test('one that was given up leaves nothing in the next', () => {
    arrayParameter(['019ab000-0000-7000-8000-000000000000', 'x'], 'uuid');

    expect(hexOf([7], 'smallint')).toBe(['00000001', '00000000', '00000015', '00000001', '00000001', '00000002', '0007'].join(''));
  });
});

function hexOf(values: readonly unknown[], type: string): string {
  return (arrayParameter(values, type) as Buffer).toString('hex');
}
