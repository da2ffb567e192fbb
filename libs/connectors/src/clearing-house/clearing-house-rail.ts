import type { BusinessDate } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';

import { parseObject, type Fields } from '../answer-fields.ts';
import type { AnswerDetail, CallLimits, PayoutInstruction, PayoutRail, QuotaReading, RailAnswer } from '../payout-rail.ts';
import type { QuotaAdjustmentInstruction, QuotaRail } from '../quota-rail.ts';
import type { PayoutFileReading, SessionRail, SessionReading } from '../session-rail.ts';
import { SignedExchange, type Exchanged, type SignedExchangeOptions } from '../signed-exchange.ts';
import { answerOf } from './house-answer.ts';
import type { HouseProtocol, PayoutFilePage } from './house-protocol.ts';
import { linesOf } from './payout-file.ts';

export interface ClearingHouseRailOptions extends SignedExchangeOptions {
  /** For inquiries and readings without a time-out of their own. */
  readonly inquiryTimeoutMs?: number;
}

const INQUIRY_TIMEOUT_MS = 5_000;

/** A clearing house, spoken to as its protocol says. Every signature is verified before any field is read. */
export class ClearingHouseRail implements PayoutRail, QuotaRail, SessionRail {
  readonly clearingHouse: ClearingHouse;
  readonly #protocol: HouseProtocol;
  readonly #exchange: SignedExchange;
  readonly #inquiryTimeoutMs: number;

  constructor(protocol: HouseProtocol, options: ClearingHouseRailOptions) {
    this.clearingHouse = protocol.clearingHouse;
    this.#protocol = protocol;
    this.#exchange = new SignedExchange(options);
    this.#inquiryTimeoutMs = options.inquiryTimeoutMs ?? INQUIRY_TIMEOUT_MS;
  }

  async submitPayout(instruction: PayoutInstruction, limits: CallLimits): Promise<RailAnswer> {
    const { paths, outcomeOf, payoutBodies, parseAnswer } = this.#protocol;
    const { serialNumber, amountMinor } = instruction;
    const { body, masked } = payoutBodies(instruction);
    const exchanged = await this.#exchange.send({ method: 'POST', path: paths.payouts, body }, limits);
    return answerOf(exchanged, { operation: 'SUBMIT', serialNumber, amountMinor, classify: outcomeOf.submit, parseAnswer, request: masked });
  }

  async inquirePayout(serialNumber: string, limits: Partial<CallLimits> = {}): Promise<RailAnswer> {
    const { paths, outcomeOf, parseAnswer } = this.#protocol;
    const path = `${paths.payouts}/${encodeURIComponent(serialNumber)}`;
    const exchanged = await this.#get(path, limits);
    return answerOf(exchanged, { operation: 'INQUIRE', serialNumber, amountMinor: null, classify: outcomeOf.inquiry, parseAnswer, request: path });
  }

  async adjustQuota(instruction: QuotaAdjustmentInstruction, limits: CallLimits): Promise<RailAnswer> {
    const { paths, outcomeOf, adjustmentBody, parseAnswer } = this.#protocol;
    const { serialNumber, amountMinor } = instruction;
    const body = adjustmentBody(instruction);
    const exchanged = await this.#exchange.send({ method: 'POST', path: paths.adjustments, body }, limits);
    return answerOf(exchanged, { operation: 'ADJUST_QUOTA', serialNumber, amountMinor, classify: outcomeOf.adjustment, parseAnswer, request: body });
  }

  async inquireQuotaAdjustment(serialNumber: string, limits: Partial<CallLimits> = {}): Promise<RailAnswer> {
    const { paths, outcomeOf, parseAnswer } = this.#protocol;
    const path = `${paths.adjustments}/${encodeURIComponent(serialNumber)}`;
    const exchanged = await this.#get(path, limits);
    return answerOf(exchanged, { operation: 'INQUIRE_QUOTA', serialNumber, amountMinor: null, classify: outcomeOf.adjustmentInquiry, parseAnswer, request: path });
  }

  async readQuota(limits: Partial<CallLimits> = {}): Promise<QuotaReading> {
    const read = this.#read(await this.#get(this.#protocol.paths.quota, limits), this.#protocol.parseQuota);
    if (read.what !== null) return { outcome: 'SUCCEEDED', ...read.what, detail: 'ANSWERED' };
    return { outcome: 'UNKNOWN', mappedMinor: null, availableMinor: null, asOf: null, detail: read.isNotFound ? 'UNMAPPED' : read.detail };
  }

  async readSession(clearingDate: BusinessDate, limits: Partial<CallLimits> = {}): Promise<SessionReading> {
    const read = this.#read(await this.#get(this.#protocol.paths.session(clearingDate), limits), this.#protocol.parseSession);
    if (read.what === null) return { outcome: read.isNotFound ? 'NOT_FOUND' : 'UNKNOWN', session: null, detail: read.detail };
    // About another date than was asked for: it decides nothing.
    if (read.what.clearingDate !== clearingDate) return { outcome: 'UNKNOWN', session: null, detail: 'UNMAPPED' };
    return { outcome: 'SUCCEEDED', session: read.what, detail: 'ANSWERED' };
  }

  async readPayoutFile(clearingDate: BusinessDate, limits: Partial<CallLimits> = {}): Promise<PayoutFileReading> {
    const first = await this.#readPage(clearingDate, { after: null, limits });
    if (first.what === null) return { outcome: first.isNotFound ? 'NOT_FOUND' : 'UNKNOWN', lines: null, detail: first.detail };
    const lines = linesOf(first.what, (after) => this.#readPage(clearingDate, { after, limits }));
    return { outcome: 'SUCCEEDED', lines, detail: 'ANSWERED' };
  }

  /** Drops the connections; calls in flight answer UNKNOWN. Signer and verifiers stay their maker's to close. */
  async close(): Promise<void> {
    await this.#exchange.close();
  }

  async #readPage(clearingDate: BusinessDate, { after, limits }: { after: string | null; limits: Partial<CallLimits> }): Promise<Reading<PayoutFilePage>> {
    return this.#read(await this.#get(this.#protocol.paths.payoutFile(clearingDate, after), limits), this.#protocol.parsePayoutFilePage);
  }

  #get(path: string, limits: Partial<CallLimits>): Promise<Exchanged> {
    return this.#exchange.send({ method: 'GET', path, body: '' }, { timeoutMs: this.#inquiryTimeoutMs, ...limits });
  }

  #read<T>({ answer, body, fault }: Exchanged, parse: (fields: Fields) => T | null): Reading<T> {
    const nothing = { what: null, isNotFound: false };
    if (fault !== null || answer === null) return { ...nothing, detail: fault ?? 'EMPTY_BODY' };
    const fields = parseObject(body);
    if (fields === null) return { ...nothing, detail: 'UNPARSABLE_BODY' };
    if (answer.status !== 200) return { ...nothing, detail: 'UNMAPPED' };
    if (this.#protocol.isNotFound(fields)) return { what: null, isNotFound: true, detail: 'ANSWERED' };
    const what = parse(fields);
    return what === null ? { ...nothing, detail: 'UNMAPPED' } : { what, isNotFound: false, detail: 'ANSWERED' };
  }
}

/** What one reading gave: something, a signed "not found", or nothing that decides. */
export interface Reading<T> {
  readonly what: T | null;
  readonly isNotFound: boolean;
  readonly detail: AnswerDetail;
}
