import { hash } from 'node:crypto';

import type { BusinessDate } from '@jinku/calendar';
import { formatAmount } from '@jinku/money';
import { maskAccountNumber } from '@jinku/security';

import { balanceOf, readFields } from '../account-reading.ts';
import type { BalanceRail, BalanceReading } from '../balance-rail.ts';
import { answerOf } from '../clearing-house/house-answer.ts';
import { maskedPayee, maskedPurpose } from '../masked-exchange.ts';
import type { AnswerDetail, CallLimits, RailAnswer } from '../payout-rail.ts';
import { SignedExchange, type Exchanged, type SignedExchangeOptions } from '../signed-exchange.ts';
import type { StatementFetch, StatementRail } from '../statement-rail.ts';
import type { TransferInstruction, TransferRail } from '../transfer-rail.ts';
import { parseStatementPart, parseTransferAnswer, STATEMENT_BYTES_MAX, type StatementPart } from './bank-answer.ts';
import { isNotFound, outcomeOfTransfer, outcomeOfTransferInquiry } from './bank-codes.ts';

/** A bank by the connector type that accounts name it with. */
export const BankConnector = { BANK_ALPHA: 'BANK_ALPHA', BANK_BETA: 'BANK_BETA' } as const;
export type BankConnector = (typeof BankConnector)[keyof typeof BankConnector];

export interface BankRailOptions extends SignedExchangeOptions {
  readonly connectorType: BankConnector;
  /** Such as `/banks/alpha/v1`. */
  readonly basePath: string;
}

const TIMEOUT_MS = 5_000;

/** A bank as docs/rails/banks.md describes it. Every signature is verified before any field is read. */
export class BankRail implements BalanceRail, TransferRail, StatementRail {
  readonly connectorType: BankConnector;
  readonly #basePath: string;
  readonly #exchange: SignedExchange;

  constructor(options: BankRailOptions) {
    this.connectorType = options.connectorType;
    this.#basePath = options.basePath;
    this.#exchange = new SignedExchange(options);
  }

  async submitTransfer(instruction: TransferInstruction, limits: CallLimits): Promise<RailAnswer> {
    const { serialNumber, amountMinor } = instruction;
    const { body, masked } = transferBodies(instruction);
    const exchanged = await this.#exchange.send({ method: 'POST', path: `${this.#basePath}/transfers`, body }, limits);
    return answerOf(exchanged, {
      operation: 'SUBMIT',
      serialNumber,
      amountMinor,
      classify: outcomeOfTransfer,
      parseAnswer: parseTransferAnswer,
      request: masked,
    });
  }

  async inquireTransfer(serialNumber: string, limits: Partial<CallLimits> = {}): Promise<RailAnswer> {
    const path = `${this.#basePath}/transfers/${encodeURIComponent(serialNumber)}`;
    return answerOf(await this.#get(path, limits), {
      operation: 'INQUIRE',
      serialNumber,
      amountMinor: null,
      classify: outcomeOfTransferInquiry,
      parseAnswer: parseTransferAnswer,
      request: path,
    });
  }

  async readBalance(accountNumber: string, limits: Partial<CallLimits> = {}): Promise<BalanceReading> {
    return balanceOf(await this.#get(`${this.#accountPath(accountNumber)}/balance`, limits), accountNumber);
  }

  /** Fetches the file part by part; a file whose parts do not make up what the bank says of it is none. `limits` hold for each part. */
  async fetchStatement(accountNumber: string, businessDate: BusinessDate, limits: Partial<CallLimits> = {}): Promise<StatementFetch> {
    const first = await this.#fetchPart({ accountNumber, date: businessDate, offset: 0 }, limits);
    if (first.part === null) return { outcome: first.isNotFound ? 'NOT_FOUND' : 'UNKNOWN', fileName: null, bytes: null, detail: first.detail };
    const { fileName, size, sha256 } = first.part;
    if (size > STATEMENT_BYTES_MAX) return noFile('BODY_TOO_LARGE');
    const parts = [first.part.bytes];
    for (let offset = first.part.bytes.length; offset < size; ) {
      const { part, detail } = await this.#fetchPart({ accountNumber, date: businessDate, offset }, limits);
      if (part === null) return noFile(detail);
      if (part.size !== size || part.sha256 !== sha256) return noFile('UNMAPPED');
      parts.push(part.bytes);
      offset += part.bytes.length;
    }
    const bytes = Buffer.concat(parts);
    return hash('sha256', bytes, 'hex') === sha256 ? { outcome: 'SUCCEEDED', fileName, bytes, detail: 'ANSWERED' } : noFile('UNMAPPED');
  }

  /** Drops the connections; calls in flight answer UNKNOWN. */
  async close(): Promise<void> {
    await this.#exchange.close();
  }

  async #fetchPart(asked: { accountNumber: string; date: BusinessDate; offset: number }, limits: Partial<CallLimits>): Promise<FetchedPart> {
    const path = `${this.#accountPath(asked.accountNumber)}/statements/${asked.date}?offset=${asked.offset}`;
    const { fields, detail } = readFields(await this.#get(path, limits));
    if (fields === null) return { part: null, isNotFound: false, detail };
    if (isNotFound(fields['status'], fields['code'])) return { part: null, isNotFound: true, detail: 'ANSWERED' };
    const part = parseStatementPart(fields, asked);
    return { part, isNotFound: false, detail: part === null ? 'UNMAPPED' : 'ANSWERED' };
  }

  #accountPath(accountNumber: string): string {
    return `${this.#basePath}/accounts/${encodeURIComponent(accountNumber)}`;
  }

  #get(path: string, limits: Partial<CallLimits>): Promise<Exchanged> {
    return this.#exchange.send({ method: 'GET', path, body: '' }, { timeoutMs: TIMEOUT_MS, ...limits });
  }
}

interface FetchedPart {
  readonly part: StatementPart | null;
  readonly isNotFound: boolean;
  readonly detail: AnswerDetail;
}

function noFile(detail: AnswerDetail): StatementFetch {
  return { outcome: 'UNKNOWN', fileName: null, bytes: null, detail };
}

/** The body as it is sent and as it is logged. */
function transferBodies(instruction: TransferInstruction): { body: string; masked: string } {
  const { serialNumber, fromAccount, amountMinor, payee, purpose, reference, validUntil } = instruction;
  const { accountNumber, accountName, bankCode } = payee;
  const sent = {
    serialNumber,
    fromAccount,
    amount: formatAmount(amountMinor),
    currency: 'CNY',
    payee: { accountNumber, accountName, bankCode },
    purpose,
    reference,
    validUntil: validUntil.getTime(),
  };
  const hidden = { fromAccount: maskAccountNumber(fromAccount), payee: maskedPayee(payee), purpose: maskedPurpose(instruction) };
  return { body: JSON.stringify(sent), masked: JSON.stringify({ ...sent, ...hidden }) };
}
