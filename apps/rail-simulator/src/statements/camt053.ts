import { wireAmount } from '../netsunion/amount.ts';
import type { Statement, StatementEntry } from './statement.ts';

const NAMESPACE = 'urn:iso:std:iso:20022:tech:xsd:camt.053.001.08';
const SHANGHAI_OFFSET_MS = 8 * 3_600_000;

/** ISO 20022 bank-to-customer statement, as docs/rails/banks.md lists its elements. */
export function camt053(statement: Statement): string {
  const { accountNumber, accountName, date, entries } = statement;
  const id = `${accountNumber}-${date}`;
  // The statement of a date is the same file whenever it is fetched: it is made at the date's end.
  const createdAt = `${date}T23:59:59+08:00`;
  const header = `<GrpHdr><MsgId>${escaped(id)}</MsgId><CreDtTm>${createdAt}</CreDtTm></GrpHdr>`;
  const account = `<Acct><Id><Othr><Id>${escaped(accountNumber)}</Id></Othr></Id><Ccy>CNY</Ccy><Nm>${escaped(accountName)}</Nm></Acct>`;
  const lines = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<Document xmlns="${NAMESPACE}"><BkToCstmrStmt>${header}`,
    `<Stmt><Id>${escaped(id)}</Id><CreDtTm>${createdAt}</CreDtTm>`,
    `<FrToDt><FrDtTm>${date}T00:00:00+08:00</FrDtTm><ToDtTm>${createdAt}</ToDtTm></FrToDt>${account}`,
    balance('OPBD', statement.openingMinor, date),
    balance('CLBD', statement.closingMinor, date),
    summary(statement),
    ...entries.map((entry) => entryXml(entry, date)),
    '</Stmt></BkToCstmrStmt></Document>',
  ];
  return `${lines.join('\n')}\n`;
}

function balance(code: 'OPBD' | 'CLBD', minor: bigint, date: string): string {
  const amount = `<Amt Ccy="CNY">${wireAmount(minor < 0n ? -minor : minor)}</Amt><CdtDbtInd>${minor < 0n ? 'DBIT' : 'CRDT'}</CdtDbtInd>`;
  return `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp>${amount}<Dt><Dt>${date}</Dt></Dt></Bal>`;
}

function summary({ count, creditCount, creditMinor, debitMinor }: Statement): string {
  const total = (element: string, entries: number, minor: bigint): string =>
    `<${element}><NbOfNtries>${entries}</NbOfNtries><Sum>${wireAmount(minor)}</Sum></${element}>`;
  const credits = total('TtlCdtNtries', creditCount, creditMinor);
  return `<TxsSummry><TtlNtries><NbOfNtries>${count}</NbOfNtries></TtlNtries>${credits}${total('TtlDbtNtries', count - creditCount, debitMinor)}</TxsSummry>`;
}

function entryXml(entry: StatementEntry, date: string): string {
  const { bankReference, direction, amountMinor, kind, occurredAt } = entry;
  const booked = new Date(occurredAt.getTime() + SHANGHAI_OFFSET_MS).toISOString().slice(0, 19);
  return [
    `<Ntry><NtryRef>${bankReference}</NtryRef><Amt Ccy="CNY">${wireAmount(amountMinor)}</Amt>`,
    `<CdtDbtInd>${direction === 'CREDIT' ? 'CRDT' : 'DBIT'}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>`,
    `<BookgDt><DtTm>${booked}+08:00</DtTm></BookgDt><ValDt><Dt>${date}</Dt></ValDt><AcctSvcrRef>${bankReference}</AcctSvcrRef>`,
    `<BkTxCd><Prtry><Cd>${kind}</Cd></Prtry></BkTxCd><NtryDtls><TxDtls>${details(entry)}</TxDtls></NtryDtls></Ntry>`,
  ].join('');
}

function details({ direction, counterpartyAccount, counterpartyName, endToEnd, reference, purpose }: StatementEntry): string {
  const instruction = reference === null ? '' : `<InstrId>${escaped(reference)}</InstrId>`;
  const references = `<Refs>${instruction}<EndToEndId>${escaped(endToEnd ?? 'NOTPROVIDED')}</EndToEndId></Refs>`;
  const side = direction === 'CREDIT' ? 'Dbtr' : 'Cdtr';
  const name = counterpartyName === null ? '' : `<${side}><Pty><Nm>${escaped(counterpartyName)}</Nm></Pty></${side}>`;
  const account = counterpartyAccount === null ? '' : `<${side}Acct><Id><Othr><Id>${escaped(counterpartyAccount)}</Id></Othr></Id></${side}Acct>`;
  const parties = name === '' && account === '' ? '' : `<RltdPties>${name}${account}</RltdPties>`;
  return `${references}${parties}${purpose === null ? '' : `<RmtInf><Ustrd>${escaped(purpose)}</Ustrd></RmtInf>`}`;
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => ENTITIES[character] ?? character);
}
