import { gb18030 } from './gb18030.ts';
import { statementFile } from './statement-file.ts';
import type { Statement, StatementEntry } from './statement.ts';

const ENTRY: StatementEntry = {
  bankReference: 'B000000000000000017',
  direction: 'CREDIT',
  amountMinor: 5_000_000n,
  balanceAfterMinor: 105_000_000n,
  kind: 'TRANSFER',
  counterpartyAccount: '6222020200112233445',
  counterpartyName: '张伟',
  endToEnd: 'JINKU001202611200200000001',
  reference: 'T-1',
  purpose: '上划',
  occurredAt: new Date('2026-11-20T02:15:02Z'),
};
const CHARGE: StatementEntry = {
  ...ENTRY,
  ...{ bankReference: 'B000000000000000018', direction: 'DEBIT', amountMinor: 1_500n, balanceAfterMinor: 104_998_500n, kind: 'CHARGE' },
  ...{ counterpartyAccount: null, counterpartyName: null, endToEnd: null, reference: null, purpose: '手续费, "季度" <1&2>' },
  occurredAt: new Date('2026-11-20T10:00:00Z'),
};
const STATEMENT: Statement = {
  bank: 'beta',
  accountNumber: '6214850100000001',
  accountName: '金库支付有限公司',
  date: '2026-11-20',
  openingMinor: 100_000_000n,
  closingMinor: 104_998_500n,
  creditMinor: 5_000_000n,
  debitMinor: 1_500n,
  count: 2,
  creditCount: 1,
  entries: [ENTRY, CHARGE],
};
const ALPHA: Statement = { ...STATEMENT, bank: 'alpha' };

test('GB18030 comes back as it was, letters, rare characters and those beyond the basic plane', () => {
  const text = 'abc,金库支付有限公司 €￥ ㊣ 𠮷 😀 龥 ｱ\r\n';

  expect(new TextDecoder('gb18030', { fatal: true }).decode(gb18030(text))).toBe(text);
  expect(gb18030('中€𠮷').toString('hex')).toBe('d6d0a2e39534b235');
});

test("beta's file is the page's CSV in GB18030", () => {
  const { fileName, bytes } = statementFile(STATEMENT, null);

  expect(fileName).toBe('mingxi_6214850100000001_2026-11-20.csv');
  expect(new TextDecoder('gb18030', { fatal: true }).decode(bytes).split('\r\n')).toEqual([
    '账号,6214850100000001',
    '户名,金库支付有限公司',
    '交易日期,2026-11-20',
    '期初余额,1000000.00',
    '期末余额,1049985.00',
    '借方合计,15.00',
    '贷方合计,50000.00',
    '笔数,2',
    '',
    '交易日期,交易时间,借方金额,贷方金额,余额,对方账号,对方户名,流水号,摘要',
    '2026-11-20,10:15:02,,50000.00,1050000.00,6222020200112233445,张伟,B000000000000000017,TRANSFER 上划 JINKU001202611200200000001',
    '2026-11-20,18:00:00,15.00,,1049985.00,,,B000000000000000018,"CHARGE 手续费, ""季度"" <1&2>"',
    '',
  ]);
});

test("alpha's file is a camt.053 with balances, totals and every entry, and nothing in it breaks the XML", () => {
  const { fileName, bytes } = statementFile(ALPHA, null);
  const text = bytes.toString('utf8');

  expect(fileName).toBe('camt.053_6214850100000001_2026-11-20.xml');
  expect(text).toContain('<Cd>OPBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">1000000.00</Amt><CdtDbtInd>CRDT</CdtDbtInd>');
  expect(text).toContain('<Cd>CLBD</Cd></CdOrPrtry></Tp><Amt Ccy="CNY">1049985.00</Amt>');
  expect(text).toContain('<TtlCdtNtries><NbOfNtries>1</NbOfNtries><Sum>50000.00</Sum></TtlCdtNtries>');
  expect(text.match(/<Ntry>/g)).toHaveLength(2);
  expect(text).toContain('<BookgDt><DtTm>2026-11-20T10:15:02+08:00</DtTm></BookgDt>');
  expect(text).toContain('<EndToEndId>JINKU001202611200200000001</EndToEndId>');
  expect(text).toContain('<EndToEndId>NOTPROVIDED</EndToEndId>');
  expect(text).toContain('<Ustrd>手续费, &quot;季度&quot; &lt;1&amp;2&gt;</Ustrd>');
  expectWellFormed(text);
});

test('an overdrawn balance is a debit balance', () => {
  expect(statementFile({ ...ALPHA, closingMinor: -1_200n }, null).bytes.toString('utf8')).toContain('<Amt Ccy="CNY">12.00</Amt><CdtDbtInd>DBIT</CdtDbtInd>');
  expect(new TextDecoder('gb18030').decode(statementFile({ ...STATEMENT, closingMinor: -1_200n }, null).bytes)).toContain('期末余额,-12.00\r\n');
});

test.each([
  ['LINE_MISSING', 1, '笔数,2', '贷方合计,50000.00'],
  ['LINE_DOUBLED', 3, '笔数,2', '贷方合计,50000.00'],
  ['LINE_CHANGED', 2, '笔数,2', ',,50001.00,1050000.00,'],
  ['TOTALS_WRONG', 2, '笔数,2', '贷方合计,50001.00'],
] as const)('%s is in the file and nowhere else', (fault, lines, ...contents) => {
  const text = new TextDecoder('gb18030').decode(statementFile(STATEMENT, fault).bytes);

  expect(text.match(/^2026-11-20,/gm)).toHaveLength(lines);
  for (const content of contents) expect(text).toContain(content);
});

test('in the wrong encoding neither file can be read as what it should be', () => {
  const [alpha, beta] = [statementFile(ALPHA, 'WRONG_ENCODING').bytes, statementFile(STATEMENT, 'WRONG_ENCODING').bytes];

  expect(() => new TextDecoder('utf-8', { fatal: true }).decode(alpha)).toThrow();
  expect(new TextDecoder('gb18030').decode(beta)).not.toContain('期初余额');
});

test('a truncated file breaks off where it is still its own, and neither can be read to its end', () => {
  const [alpha, beta] = [ALPHA, STATEMENT].map((statement) => ({ whole: statementFile(statement, null).bytes, cut: statementFile(statement, 'TRUNCATED').bytes }));

  for (const file of [alpha, beta]) expect(file?.whole.subarray(0, file.cut.length)).toEqual(file?.cut);
  expect(alpha?.cut.toString('utf8')).not.toContain('</Document>');
  expect(new TextDecoder('gb18030').decode(beta?.cut)).not.toContain(CHARGE.bankReference);
});

test('a date without entries has a statement too', () => {
  const quiet: Statement = { ...ALPHA, closingMinor: 100_000_000n, creditMinor: 0n, debitMinor: 0n, count: 0, creditCount: 0, entries: [] };

  expect(statementFile(quiet, 'LINE_MISSING').bytes.toString('utf8')).toContain('<NbOfNtries>0</NbOfNtries>');
});

/** Every element is closed in the order in which it was opened. */
function expectWellFormed(xml: string): void {
  const open: string[] = [];
  for (const [, closes, name = '', rest = ''] of xml.matchAll(/<(\/?)([A-Za-z0-9]+)([^<>]*)>/g)) {
    if (closes === '/') expect(open.pop()).toBe(name);
    else if (!rest.endsWith('/')) open.push(name);
  }
  expect(open).toEqual([]);
}
