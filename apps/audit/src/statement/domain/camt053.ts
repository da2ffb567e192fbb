import type { BusinessDate } from '@jinku/calendar';
import { parseBankAmount } from './bank-amount.ts';
import { bankDate, STATEMENT_ENTRIES_MAX, STATEMENT_TEXT_MAX, unreadable, type BankStatement, type ControlTotals, type StatementEntry } from './bank-statement.ts';
import { childrenOf, elementAt, readXml, textAt, type XmlElement } from './xml-element.ts';

const NAMESPACE = /^urn:iso:std:iso:20022:tech:xsd:camt\.053\.001\.\d{2}$/;

/** ISO 20022 bank-to-customer statement (camt.053.001), one statement in a file, in UTF-8 and in CNY. */
export function parseCamt053(bytes: Uint8Array): BankStatement {
  const document = readXml(utf8Of(bytes));
  if (document.name !== 'Document' || !NAMESPACE.test(document.attributes['xmlns'] ?? '')) throw unreadable('file', 'is a camt.053.001 document');
  const message = elementAt(document, 'BkToCstmrStmt');
  const [statement, ...others] = message === null ? [] : childrenOf(message, 'Stmt');
  if (statement === undefined || others.length > 0) throw unreadable('BkToCstmrStmt', 'holds exactly one Stmt');
  const entries = childrenOf(statement, 'Ntry');
  if (entries.length > STATEMENT_ENTRIES_MAX) throw unreadable('Stmt', `holds at most ${STATEMENT_ENTRIES_MAX} entries`);
  const currency = textAt(statement, 'Acct', 'Ccy');
  if (currency !== null && currency !== 'CNY') throw unreadable('Acct.Ccy', 'is CNY');
  const closing = balanceOf(statement, 'CLBD');
  return {
    accountNumber: required(statement, 'Acct', 'Id', 'Othr', 'Id'),
    businessDate: closing.date,
    opening: balanceOf(statement, 'OPBD').amount,
    closing: closing.amount,
    control: controlOf(statement),
    entries: entries.map((entry, index) => entryOf(entry, `Ntry[${index}]`)),
  };
}

function utf8Of(bytes: Uint8Array): string {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw unreadable('file', 'is encoded in UTF-8');
  }
  const encoding = /^<\?xml[^>]*\bencoding\s*=\s*["']([^"']*)["']/.exec(text)?.[1] ?? 'UTF-8';
  if (encoding.toUpperCase() !== 'UTF-8') throw unreadable('file', 'is encoded in UTF-8, and declares so');
  return text;
}

function balanceOf(statement: XmlElement, code: 'OPBD' | 'CLBD'): { amount: bigint; date: BusinessDate } {
  const balances = childrenOf(statement, 'Bal').filter((balance) => textAt(balance, 'Tp', 'CdOrPrtry', 'Cd') === code);
  const [balance] = balances;
  if (balance === undefined || balances.length > 1) throw unreadable(`Bal.${code}`, 'is there exactly once');
  return { amount: signedAmountOf(balance, `Bal.${code}`), date: dateOf(balance, 'Dt', `Bal.${code}`) };
}

function controlOf(statement: XmlElement): ControlTotals {
  const side = (name: string): { sum?: bigint; count?: number } => {
    const totals = elementAt(statement, 'TxsSummry', name);
    if (totals === null) return {};
    const [sum, count] = [textAt(totals, 'Sum'), textAt(totals, 'NbOfNtries')];
    return {
      ...(sum === null ? {} : { sum: parseBankAmount(sum) ?? refuse(`TxsSummry.${name}.Sum`, 'is an amount') }),
      ...(count === null ? {} : { count: /^\d{1,7}$/.test(count) ? Number(count) : refuse(`TxsSummry.${name}.NbOfNtries`, 'is a number of entries') }),
    };
  };
  const [credit, debit] = [side('TtlCdtNtries'), side('TtlDbtNtries')];
  return {
    ...(credit.sum === undefined ? {} : { credit: credit.sum }),
    ...(credit.count === undefined ? {} : { creditCount: credit.count }),
    ...(debit.sum === undefined ? {} : { debit: debit.sum }),
    ...(debit.count === undefined ? {} : { debitCount: debit.count }),
  };
}

function entryOf(entry: XmlElement, place: string): StatementEntry {
  const status = textAt(entry, 'Sts', 'Cd') ?? textAt(entry, 'Sts');
  if (status !== 'BOOK') throw unreadable(`${place}.Sts`, 'is BOOK: a statement holds booked entries only');
  const amount = signedAmountOf(entry, place);
  if (amount === 0n) throw unreadable(`${place}.Amt`, 'is above zero');
  const details = childrenOf(entry, 'NtryDtls').flatMap((one) => childrenOf(one, 'TxDtls'));
  const detail = details.length === 1 ? details[0] : undefined;
  // The other side is the creditor of what we paid and the debtor of what we got.
  const side = amount < 0n ? 'Cdtr' : 'Dbtr';
  const inDetail = (...path: readonly string[]): string | null => (detail === undefined ? null : shortText(textAt(detail, ...path), `${place}.${path.join('.')}`));
  return {
    amount,
    valueDate: elementAt(entry, 'ValDt') === null ? dateOf(entry, 'BookgDt', place) : dateOf(entry, 'ValDt', place),
    bankReference: shortText(textAt(entry, 'AcctSvcrRef') ?? textAt(entry, 'NtryRef'), `${place}.AcctSvcrRef`) ?? refuse(`${place}.AcctSvcrRef`, 'is there, or NtryRef'),
    reference: reallyGiven(inDetail('Refs', 'EndToEndId')) ?? reallyGiven(inDetail('Refs', 'InstrId')),
    counterpartyNumber: inDetail('RltdPties', `${side}Acct`, 'Id', 'Othr', 'Id'),
    counterpartyName: inDetail('RltdPties', side, 'Nm') ?? inDetail('RltdPties', side, 'Pty', 'Nm'),
    purpose: inDetail('RmtInf', 'Ustrd') ?? shortText(textAt(entry, 'AddtlNtryInf'), `${place}.AddtlNtryInf`),
    code: shortText(textAt(entry, 'BkTxCd', 'Prtry', 'Cd'), `${place}.BkTxCd`),
    balanceAfter: null,
  };
}

/** ISO 20022 wants the field and lets the bank say that there is nothing to put in. */
function reallyGiven(reference: string | null): string | null {
  return reference === 'NOTPROVIDED' ? null : reference;
}

function signedAmountOf(element: XmlElement, place: string): bigint {
  const currency = elementAt(element, 'Amt')?.attributes['Ccy'];
  if (currency !== 'CNY') throw unreadable(`${place}.Amt`, 'is in CNY');
  const amount = parseBankAmount(textAt(element, 'Amt') ?? '') ?? refuse(`${place}.Amt`, 'is an amount of yuan with at most two places');
  const direction = textAt(element, 'CdtDbtInd');
  if (direction !== 'CRDT' && direction !== 'DBIT') throw unreadable(`${place}.CdtDbtInd`, 'is CRDT or DBIT');
  return direction === 'CRDT' ? amount : -amount;
}

function dateOf(element: XmlElement, name: string, place: string): BusinessDate {
  const date = textAt(element, name, 'Dt') ?? (textAt(element, name, 'DtTm') ?? '').slice(0, 10);
  return bankDate(date) ?? refuse(`${place}.${name}`, 'is a date');
}

function required(element: XmlElement, ...path: readonly string[]): string {
  return shortText(textAt(element, ...path), path.join('.')) ?? refuse(path.join('.'), 'is there');
}

function shortText(text: string | null, place: string): string | null {
  return text !== null && text.length > STATEMENT_TEXT_MAX ? refuse(place, `has at most ${STATEMENT_TEXT_MAX} characters`) : text;
}

function refuse(field: string, rule: string): never {
  throw unreadable(field, rule);
}
