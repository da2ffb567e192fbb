import { expect, test } from '@jest/globals';
import { Refusal } from '@jinku/errors';
import { FILE_ROWS_MAX, PayoutFile, type FileRow } from './payout-file.ts';

const HEADER = 'requestId,merchantId,businessLine,amount,accountNumber,accountName,bankCode,purpose,instructionReference';
const ROW = 'REQ-00000001,M10001,SETTLEMENT,1.00,6222020200012345678,杭州云上商贸有限公司,102100099996,结算款,INS-1';

function rowsOf(text: string | Uint8Array, pieceBytes = 1_000_000): readonly FileRow[] {
  const bytes = typeof text === 'string' ? new TextEncoder().encode(text) : text;
  const file = new PayoutFile();
  for (let at = 0; at < bytes.length; at += pieceBytes) file.push(bytes.subarray(at, at + pieceBytes));
  return file.end();
}

/** The fields that a file is refused for as a whole. */
function refusedFor(text: string | Uint8Array): string[] {
  try {
    rowsOf(text);
  } catch (error) {
    if (error instanceof Refusal) return error.violations.map(({ field, rule }) => `${field} ${rule}`);
    throw error;
  }
  return [];
}

test('a row is a payout request, whatever the order of the columns and wherever the pieces are cut', () => {
  const [id, ...others] = HEADER.split(',');
  const [value, ...values] = ROW.split(',');
  const expected = [{ row: 2, given: expect.objectContaining({ requestId: 'REQ-00000001', currency: 'CNY', payee: { accountNumber: '6222020200012345678', accountName: '杭州云上商贸有限公司', bankCode: '102100099996' } }) }];

  for (const pieceBytes of [1, 2, 3, 7, 1_000]) expect(rowsOf(`\ufeff${HEADER}\r\n${ROW}\r\n`, pieceBytes)).toEqual(expected);
  expect(rowsOf(`${[...others, id].join()}\n${[...values, value].join()}`)).toEqual(expected);
});

test('quotes hold commas, quotes and line breaks, and rows are counted as a spreadsheet does', () => {
  const quoted = ROW.replace('结算款', '"第一行,\n""二"""');

  expect(rowsOf(`${HEADER}\n${quoted}\n\n${ROW}\n`).map(({ row, given }) => [row, given?.['purpose']])).toEqual([[2, '第一行,\n"二"'], [4, '结算款']]);
});

test('an optional column may be left out, be empty, or say something', () => {
  const latestBy = (cell: string): unknown => rowsOf(`${HEADER},latestBy\n${ROW},${cell}`)[0]?.given?.['latestBy'];

  expect([latestBy(''), latestBy('2026-11-21T18:00:00+08:00')]).toEqual([undefined, '2026-11-21T18:00:00+08:00']);
});

test('a row with another number of values than the header is told as such, and the others are read', () => {
  expect(rowsOf(`${HEADER}\n${ROW},more\n${ROW}\nshort`).map(({ given }) => given !== null)).toEqual([false, true, false]);
});

test('a file in another encoding is refused whole', () => {
  const gbk = new Uint8Array([...new TextEncoder().encode(`${HEADER}\n`), 0xba, 0xbc, 0xd6, 0xdd]);

  expect(refusedFor(gbk)).toEqual(['body is text in UTF-8']);
  // Cut in the middle of a character.
  expect(refusedFor(new TextEncoder().encode(`${HEADER}\n款`).subarray(0, -1))).toEqual(['body is text in UTF-8']);
});

const wrong: readonly [what: string, text: string, field: string][] = [
  ['an unknown column', `${HEADER},urgent\n`, 'header.urgent is one of'],
  ['a missing column', `${HEADER.replace('amount,', '')}\n`, 'header.amount is a column, once'],
  ['a column twice', `${HEADER},amount\n`, 'header.amount is a column, once'],
  ['nothing', '', 'body has a header'],
  ['a header alone', `${HEADER}\n\n`, 'body has at least one row'],
  ['an open quote', `${HEADER}\n"REQ`, 'row 2 closes every quote'],
  ['a quote within a value', `${HEADER}\nRE"Q`, 'row 2 has quotes around whole values only'],
  ['something after a quote', `${HEADER}\n"REQ"x`, 'row 2 has a comma or a line break after a closing quote'],
  ['a lone carriage return', `${HEADER}\rREQ`, 'row 1 ends its lines with LF or CRLF'],
  ['a value without an end', `${HEADER}\n${'x'.repeat(1_001)}`, 'row 2 has at most 1000 characters in a value'],
  ['values without an end', ','.repeat(65), 'row 1 has at most 64 values'],
];

test.each(wrong)('a file with %s is refused whole', (_what, text, field) => {
  expect(refusedFor(text)[0]).toContain(field);
});

test('the row after the last allowed one refuses the file', () => {
  const rows = (count: number): string => `${HEADER}\n${`${ROW}\n`.repeat(count)}`;

  expect(rowsOf(rows(FILE_ROWS_MAX))).toHaveLength(FILE_ROWS_MAX);
  expect(refusedFor(rows(FILE_ROWS_MAX + 1))).toEqual(['body has at most 10000 rows below its header']);
});

test('whatever bytes come, they are read or refused', () => {
  let seed = 1;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  const good = new TextEncoder().encode(`${HEADER}\n${ROW}\n"a ""b""",${ROW}\r\n`);
  for (let round = 0; round < 2_000; round += 1) {
    const bytes = good.slice();
    for (let change = random(4); change >= 0; change -= 1) bytes[random(bytes.length)] = [0x22, 0x2c, 0x0a, 0x0d, random(256)][random(5)] ?? 0;
    expect(() => refusedFor(bytes)).not.toThrow();
  }
});
