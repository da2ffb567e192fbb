import { formatAmount, sum } from '@jinku/money';
import type { ColumnMapping } from './domain/column-mapping.ts';

export interface EntryForTest {
  readonly amount: bigint;
  readonly bankReference?: string;
  readonly reference?: string;
  readonly counterpartyName?: string;
  readonly purpose?: string;
}

export interface StatementForTest {
  readonly accountNumber?: string;
  readonly date?: string;
  readonly opening?: bigint;
  /** What follows from the entries unless told otherwise. */
  readonly closing?: bigint;
  readonly entries?: readonly EntryForTest[];
}

interface Whole extends Required<Omit<StatementForTest, 'entries'>> {
  readonly entries: readonly Required<EntryForTest>[];
}

/** 100.00 at first, one charge of 15.00. */
function whole(given: StatementForTest): Whole {
  const { accountNumber = '6214830100000002', date = '2026-11-20', opening = 10_000n } = given;
  const entries = (given.entries ?? [{ amount: -1_500n, purpose: '账户管理费 <R&D>' }]).map((entry, index) => ({
    bankReference: `B${date.replaceAll('-', '')}${String(index + 1).padStart(4, '0')}`,
    reference: '',
    counterpartyName: '',
    purpose: '',
    ...entry,
  }));
  return { accountNumber, date, opening, entries, closing: given.closing ?? opening + sum(entries.map(({ amount }) => amount)) };
}

export function aCamt053(given: StatementForTest = {}): Buffer {
  const { accountNumber, date, opening, closing, entries } = whole(given);
  const balance = (code: string, amount: bigint): string =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${signed(amount)}<Dt><Dt>${date}</Dt></Dt></Bal>`;
  const side = (name: string, amounts: readonly bigint[]): string => `<${name}><NbOfNtries>${amounts.length}</NbOfNtries><Sum>${formatAmount(sum(amounts))}</Sum></${name}>`;
  const credits = entries.filter(({ amount }) => amount > 0n).map(({ amount }) => amount);
  const debits = entries.filter(({ amount }) => amount < 0n).map(({ amount }) => -amount);
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>` +
      `<GrpHdr><MsgId>M1</MsgId><CreDtTm>${date}T16:00:00Z</CreDtTm></GrpHdr><Stmt><Id>S1</Id><Acct><Id><Othr><Id>${accountNumber}</Id></Othr></Id><Ccy>CNY</Ccy></Acct>` +
      `${balance('OPBD', opening)}${balance('CLBD', closing)}<TxsSummry>${side('TtlCdtNtries', credits)}${side('TtlDbtNtries', debits)}</TxsSummry>` +
      `${entries.map((entry) => ntry(entry, date)).join('')}</Stmt></BkToCstmrStmt></Document>`,
  );
}

function signed(amount: bigint): string {
  return `<Amt Ccy="CNY">${formatAmount(amount < 0n ? -amount : amount)}</Amt><CdtDbtInd>${amount < 0n ? 'DBIT' : 'CRDT'}</CdtDbtInd>`;
}

function ntry({ amount, bankReference, reference, counterpartyName, purpose }: Required<EntryForTest>, date: string): string {
  const party = amount < 0n ? 'Cdtr' : 'Dbtr';
  return (
    `<Ntry>${signed(amount)}<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>${date}</Dt></BookgDt><ValDt><Dt>${date}</Dt></ValDt><AcctSvcrRef>${bankReference}</AcctSvcrRef>` +
    `<NtryDtls><TxDtls><Refs><EndToEndId>${reference === '' ? 'NOTPROVIDED' : reference}</EndToEndId></Refs>` +
    `${counterpartyName === '' ? '' : `<RltdPties><${party}><Nm>${escaped(counterpartyName)}</Nm></${party}></RltdPties>`}` +
    `${purpose === '' ? '' : `<RmtInf><Ustrd>${escaped(purpose)}</Ustrd></RmtInf>`}</TxDtls></NtryDtls></Ntry>`
  );
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

/** The mapping that bank beta's exports are read with. */
export const BETA_COLUMNS: ColumnMapping = {
  encoding: 'gb18030',
  header: { accountNumber: '账号', opening: '期初余额', closing: '期末余额', debitTotal: '借方合计', creditTotal: '贷方合计', businessDate: '交易日期', entryCount: '笔数' },
  columns: {
    date: '交易日期',
    debit: '借方金额',
    credit: '贷方金额',
    balance: '余额',
    counterpartyNumber: '对方账号',
    counterpartyName: '对方户名',
    bankReference: '流水号',
    purpose: '摘要',
  },
  referenceLength: 26,
  isCodeInPurpose: true,
};

export function aBankCsvText(given: StatementForTest = {}): string {
  const { accountNumber, date, opening, closing, entries } = whole(given);
  const total = (amounts: readonly bigint[]): string => formatAmount(sum(amounts.filter((amount) => amount > 0n)));
  let balance = opening;
  const lines = entries.map(({ amount, bankReference, reference, counterpartyName, purpose }) => {
    balance += amount;
    const [debit, credit] = amount < 0n ? [formatAmount(-amount), ''] : ['', formatAmount(amount)];
    const words = [purpose, reference].filter((word) => word !== '').join(' ');
    return [date, '10:00:00', debit, credit, formatAmount(balance), '', counterpartyName, bankReference, `"${words.replaceAll('"', '""')}"`].join(',');
  });
  return [
    `账号,${accountNumber}`,
    '户名,金库支付有限公司',
    `交易日期,${date}`,
    `期初余额,${formatAmount(opening)},期末余额,${formatAmount(closing)}`,
    `借方合计,${total(entries.map(({ amount }) => -amount))},贷方合计,${total(entries.map(({ amount }) => amount))}`,
    `笔数,${entries.length}`,
    '',
    '交易日期,交易时间,借方金额,贷方金额,余额,对方账号,对方户名,流水号,摘要',
    ...lines,
    '',
  ].join('\r\n');
}

export function aBankCsv(given: StatementForTest = {}): Buffer {
  return gb18030(aBankCsvText(given));
}

let twoBytes: ReadonlyMap<string, Buffer> | null = null;

/** Node.js decodes GB18030 but does not encode it: the table of its two-byte characters, read backwards. */
export function gb18030(text: string): Buffer {
  twoBytes ??= tableOfTwoBytes();
  const table = twoBytes;
  return Buffer.concat([...text].map((character) => (character < '\u0080' ? Buffer.from(character) : (table.get(character) ?? Buffer.from('?')))));
}

function tableOfTwoBytes(): ReadonlyMap<string, Buffer> {
  const decoder = new TextDecoder('gb18030');
  const table = new Map<string, Buffer>();
  for (let lead = 0x81; lead <= 0xfe; lead += 1) {
    for (let trail = 0x40; trail <= 0xfe; trail += 1) {
      const character = decoder.decode(Uint8Array.of(lead, trail));
      if (trail !== 0x7f && [...character].length === 1) table.set(character, Buffer.of(lead, trail));
    }
  }
  return table;
}
