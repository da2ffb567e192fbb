import { parseCsv } from './csv.ts';

const table = (text: string) => parseCsv(text, { file: 'a.csv', columns: ['id', 'name'] });

test('a row with a value too few is refused with its line', () => {
  expect(() => table('id,name\n1,a\n2\n')).toThrow('a.csv line 3: the row has 2 values');
});

test('a missing and an unknown column are refused by name', () => {
  expect(() => table('id\n1\n')).toThrow('a.csv line 1: name is a column');
  expect(() => table('id,name,colour\n1,a,b\n')).toThrow('a.csv line 1: colour is no column');
});

test('quoted values keep commas and quotes, empty lines count but are no rows, and values may be empty', () => {
  expect(table('\uFEFFname,id\r\n"a, ""b""",1\r\n\r\n,2\r\n')).toEqual([
    { line: 2, values: { id: '1', name: 'a, "b"' } },
    { line: 4, values: { id: '2', name: '' } },
  ]);
});
