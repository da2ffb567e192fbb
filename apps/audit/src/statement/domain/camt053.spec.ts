import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { aCamt053 } from '../statement-files.builder.ts';
import { UnreadableStatement } from './bank-statement.ts';
import { parseCamt053 } from './camt053.ts';
import { faultsWithin } from './check-statement.ts';

const RUNS = 5_000;

function refusalOf(bytes: Uint8Array): string {
  try {
    parseCamt053(bytes);
  } catch (error) {
    if (error instanceof UnreadableStatement) return error.message;
    throw error;
  }
  return 'was read';
}

function changed(from: string | RegExp, to: string): Buffer {
  const text = aCamt053().toString('utf8');
  const result = text.replace(from, to);
  if (result === text) throw new Error('the change changes nothing');
  return Buffer.from(result);
}

test('a statement is read with exact amounts, references and the texts as they were meant', () => {
  const statement = parseCamt053(aCamt053({ entries: [{ amount: -1_500n, purpose: '手续费 <R&D>' }, { amount: 99_999_999_999_999n, reference: 'JINKU001202611202000000001' }] }));

  expect(statement).toMatchObject({ accountNumber: '6214830100000002', businessDate: '2026-11-20', opening: 10_000n, closing: 100_000_000_008_499n });
  expect(statement.entries[0]).toMatchObject({ amount: -1_500n, purpose: '手续费 <R&D>', reference: null, bankReference: 'B202611200001' });
  expect(statement.entries[1]).toMatchObject({ amount: 99_999_999_999_999n, reference: 'JINKU001202611202000000001' });
  expect(faultsWithin(statement, '2026-11-20' as never)).toEqual([]);
});

test.each([
  ['a document type', '<Document', '<!DOCTYPE Document [<!ENTITY a "b">]><Document'],
  ['an entity that nobody declared', '账户管理费', '&secret;'],
  ['a tag that is never closed', '</Ntry>', ''],
  ['a second root', '</Document>', '</Document><Document/>'],
  ['another document', 'camt.053.001.08', 'pain.001.001.08'],
  ['another encoding', 'encoding="UTF-8"', 'encoding="UTF-16"'],
  ['a second statement', '</Stmt>', '</Stmt><Stmt/>'],
  ['a second closing balance', '<TxsSummry>', '<Bal><Tp><CdOrPrtry><Cd>CLBD</Cd></CdOrPrtry></Tp></Bal><TxsSummry>'],
  ['another currency', /(<Ntry><Amt Ccy=")CNY/, '$1USD'],
  ['a third decimal', />15\.00<\/Amt><CdtDbtInd>DBIT<\/CdtDbtInd><Sts>/, '>15.001</Amt><CdtDbtInd>DBIT</CdtDbtInd><Sts>'],
  ['a negative amount', /(<Ntry><Amt Ccy="CNY">)15/, '$1-15'],
  ['an amount with an exponent', /(<Ntry><Amt Ccy="CNY">)15\.00/, '$11e9'],
  ['an amount above every limit', /(<Ntry><Amt Ccy="CNY">)15/, '$1999999999999999'],
  ['an entry that is only pending', 'BOOK', 'PDNG'],
  ['an entry without a number of the bank', /<AcctSvcrRef>.*?<\/AcctSvcrRef>/, ''],
  ['a day that does not exist', /2026-11-20(?=<\/Dt><\/Dt><\/Bal><Tx)/, '2026-02-30'],
  ['no account', /<Acct>.*?<\/Acct>/, ''],
])('a file with %s is refused', (_, from, to) => {
  expect(refusalOf(changed(from, to))).not.toBe('was read');
});

test('bytes that are not UTF-8 are refused, not replaced', () => {
  expect(refusalOf(Buffer.concat([aCamt053().subarray(0, 400), Buffer.of(0xb1, 0xbb), aCamt053().subarray(400)]))).toContain('UTF-8');
});

test('elements within elements without end are refused', () => {
  expect(refusalOf(Buffer.from('<a>'.repeat(100_000)))).toContain('levels');
});

test('whatever becomes of a file\'s bytes, it is refused or read as a statement whose entries are whole', () => {
  const file = aCamt053({ entries: [{ amount: -1_500n }, { amount: 2_500n, purpose: '利息' }] });
  const mutation = fc.record({ at: fc.nat(file.length - 1), drop: fc.nat(40), insert: fc.oneof(fc.uint8Array({ maxLength: 8 }), fc.constantFrom('<', '&', ']]>', '<!--', '</Ntry>', '<Ntry>').map((text) => Buffer.from(text))) });
  fc.assert(
    fc.property(fc.array(mutation, { minLength: 1, maxLength: 3 }), (mutations) => {
      let bytes: Buffer = file;
      for (const { at, drop, insert } of mutations) bytes = Buffer.concat([bytes.subarray(0, at), insert, bytes.subarray(at + drop)]);
      if (refusalOf(bytes) !== 'was read') return;
      for (const entry of parseCamt053(bytes).entries) expect(entry.amount !== 0n && entry.bankReference !== '').toBe(true);
    }),
    { numRuns: RUNS },
  );
}, 30_000);
