import { hash } from 'node:crypto';

import type { Clock } from '@jinku/calendar';
import { ClearingHouse } from '@jinku/contracts';
import { formatAmount, parseAmount } from '@jinku/money';
import type { Signer, Verifier } from '@jinku/security';

import { HttpExchange, type HttpAnswer } from '../http-exchange.ts';
import { maskedPayee, maskedPurpose, maskedUnreadable } from '../masked-exchange.ts';
import type { OutcomeClass } from '../outcome-class.ts';
import type { AnswerDetail, CallLimits, PayoutInstruction, PayoutRail, QuotaReading, RailAnswer } from '../payout-rail.ts';
import type { QuotaAdjustmentInstruction, QuotaRail } from '../quota-rail.ts';
import { parseAnswer, parseObject, type NetsUnionAnswer } from './netsunion-answer.ts';
import { outcomeOfAdjustment, outcomeOfAdjustmentInquiry, outcomeOfInquiry, outcomeOfSubmit } from './netsunion-codes.ts';
import { houseKeysOf, isSignedAnswer, nextNonce, signedHeaders, type HouseKeys } from './netsunion-signature.ts';

export interface NetsUnionOptions {
  /** Scheme, host and port; the base path is the protocol's. */
  readonly origin: string;
  readonly institution: string;
  readonly signer: Signer;
  readonly houseVerifiers: readonly Verifier[];
  readonly clock: Clock;
  /** Connections kept open; each carries one request at a time, so this bounds what is in flight. */
  readonly connections: number;
  /** For inquiries and quota readings without a time-out of their own. */
  readonly inquiryTimeoutMs?: number;
}

const BASE_PATH = '/netsunion/v1';
const INQUIRY_TIMEOUT_MS = 5_000;

/** One exchange: what came back, verified, or the fault. */
interface Exchanged {
  readonly answer: HttpAnswer | null;
  readonly body: string;
  readonly fault: AnswerDetail | null;
  readonly requestDigest: string | null;
  readonly latencyMs: number;
}

interface Call {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body: string;
}

type Classify = (status: string, code: string) => OutcomeClass;

/** NetsUnion as docs/rails/netsunion.md describes it. Every signature is verified before any field is read. */
export class NetsUnionRail implements PayoutRail, QuotaRail {
  readonly clearingHouse = ClearingHouse.NETSUNION;
  readonly #http: HttpExchange;
  readonly #institution: string;
  readonly #signer: Signer;
  readonly #houseKeys: HouseKeys;
  readonly #clock: Clock;
  readonly #inquiryTimeoutMs: number;

  constructor(options: NetsUnionOptions) {
    this.#http = new HttpExchange({ origin: options.origin, connections: options.connections });
    this.#institution = options.institution;
    this.#signer = options.signer;
    this.#houseKeys = houseKeysOf(options.houseVerifiers);
    this.#clock = options.clock;
    this.#inquiryTimeoutMs = options.inquiryTimeoutMs ?? INQUIRY_TIMEOUT_MS;
  }

  async submitPayout(instruction: PayoutInstruction, limits: CallLimits): Promise<RailAnswer> {
    const { serialNumber, amountMinor } = instruction;
    const { body, masked } = submitBodies(instruction);
    const exchanged = await this.#exchange({ method: 'POST', path: `${BASE_PATH}/payouts`, body }, limits);
    return answerOf(exchanged, { operation: 'SUBMIT', serialNumber, amountMinor, classify: outcomeOfSubmit, request: masked });
  }

  async inquirePayout(serialNumber: string, limits: Partial<CallLimits> = {}): Promise<RailAnswer> {
    const path = `${BASE_PATH}/payouts/${encodeURIComponent(serialNumber)}`;
    const exchanged = await this.#exchange({ method: 'GET', path, body: '' }, this.#inquiryLimits(limits));
    return answerOf(exchanged, { operation: 'INQUIRE', serialNumber, amountMinor: null, classify: outcomeOfInquiry, request: path });
  }

  async adjustQuota({ serialNumber, direction, amountMinor, validUntil }: QuotaAdjustmentInstruction, limits: CallLimits): Promise<RailAnswer> {
    const body = JSON.stringify({ serialNumber, direction, amount: formatAmount(amountMinor), currency: 'CNY', validUntil: validUntil.getTime() });
    const exchanged = await this.#exchange({ method: 'POST', path: `${BASE_PATH}/quota-adjustments`, body }, limits);
    return answerOf(exchanged, { operation: 'ADJUST_QUOTA', serialNumber, amountMinor, classify: outcomeOfAdjustment, request: body });
  }

  async inquireQuotaAdjustment(serialNumber: string, limits: Partial<CallLimits> = {}): Promise<RailAnswer> {
    const path = `${BASE_PATH}/quota-adjustments/${encodeURIComponent(serialNumber)}`;
    const exchanged = await this.#exchange({ method: 'GET', path, body: '' }, this.#inquiryLimits(limits));
    return answerOf(exchanged, { operation: 'INQUIRE_QUOTA', serialNumber, amountMinor: null, classify: outcomeOfAdjustmentInquiry, request: path });
  }

  async readQuota(limits: Partial<CallLimits> = {}): Promise<QuotaReading> {
    const exchanged = await this.#exchange({ method: 'GET', path: `${BASE_PATH}/quota`, body: '' }, this.#inquiryLimits(limits));
    return quotaOf(exchanged);
  }

  /** Drops the connections; calls in flight answer UNKNOWN. Signer and verifiers stay their maker's to close. */
  async close(): Promise<void> {
    await this.#http.close();
  }

  #inquiryLimits(limits: Partial<CallLimits>): CallLimits {
    return { timeoutMs: this.#inquiryTimeoutMs, ...limits };
  }

  async #exchange({ method, path, body }: Call, { timeoutMs, signal }: CallLimits): Promise<Exchanged> {
    const startedAt = performance.now();
    const nonce = nextNonce();
    const timestampMs = this.#clock.wallNow();
    let headers: Record<string, string>;
    try {
      headers = await signedHeaders(this.#signer, { method, path, body, institution: this.#institution, timestampMs, nonce });
    } catch {
      // A signing thread ended. Nothing has left; the attempt is asked about like any other that got no answer.
      return { answer: null, body: '', fault: 'NOT_SIGNED', requestDigest: null, latencyMs: performance.now() - startedAt };
    }
    const answer = await this.#http.send({ method, path, headers, body: body === '' ? null : body, timeoutMs, signal });
    const requestDigest = hash('sha256', body === '' ? path : body, 'hex');
    const latencyMs = performance.now() - startedAt;
    if (typeof answer === 'string') return { answer: null, body: '', fault: answer, requestDigest, latencyMs };
    const text = answer.body.toString('utf8');
    return { answer, body: text, fault: await this.#faultOf(answer, text, nonce), requestDigest, latencyMs };
  }

  async #faultOf(answer: HttpAnswer, body: string, requestNonce: string): Promise<AnswerDetail | null> {
    if (body === '') return 'EMPTY_BODY';
    const { status, headers } = answer;
    try {
      const isSigned = await isSignedAnswer(this.#houseKeys, { status, headers, body, requestNonce, nowMs: this.#clock.wallNow() });
      return isSigned ? null : 'BAD_SIGNATURE';
    } catch {
      // A verifying thread ended: an answer that could not be verified was not verified.
      return 'BAD_SIGNATURE';
    }
  }
}

interface Question {
  readonly operation: 'SUBMIT' | 'INQUIRE' | 'ADJUST_QUOTA' | 'INQUIRE_QUOTA';
  readonly serialNumber: string;
  /** What the house's books must say, where we know it. */
  readonly amountMinor: bigint | null;
  readonly classify: Classify;
  readonly request: string;
}

/** The body as it is sent and as it is logged. They differ in payee and purpose only, so the rest is put into text once. */
function submitBodies(instruction: PayoutInstruction): { body: string; masked: string } {
  const { serialNumber, amountMinor, payee, purpose, businessLine, merchantId, validUntil } = instruction;
  const head = `{"serialNumber":${JSON.stringify(serialNumber)},"amount":"${formatAmount(amountMinor)}","currency":"CNY","payee":`;
  const tail = `,${JSON.stringify({ businessLine, merchantId, validUntil: validUntil.getTime() }).slice(1)}`;
  const { accountNumber, accountName, bankCode } = payee;
  return {
    body: `${head}${JSON.stringify({ accountNumber, accountName, bankCode })},"purpose":${JSON.stringify(purpose)}${tail}`,
    masked: `${head}${JSON.stringify(maskedPayee(payee))},"purpose":${JSON.stringify(maskedPurpose(instruction))}${tail}`,
  };
}

function answerOf(exchanged: Exchanged, question: Question): RailAnswer {
  const { answer } = exchanged;
  const parsed = exchanged.fault === null ? parseAnswer(exchanged.body) : null;
  const fault = exchanged.fault ?? mismatchOf(parsed, question);
  const isDecided = fault === null && parsed !== null;
  const outcome = isDecided ? outcomeUnder(answer?.status ?? 0, question.classify(parsed.status, parsed.code)) : 'UNKNOWN';
  // One object, filled in place: spreading optional parts into it took as long as verifying the signature.
  const said: { -readonly [K in keyof RailAnswer]: RailAnswer[K] } = {
    outcome,
    code: parsed?.code ?? null,
    latencyMs: exchanged.latencyMs,
    requestDigest: exchanged.requestDigest,
    answerDigest: answer === null ? null : hash('sha256', answer.body, 'hex'),
    detail: fault ?? (outcome === 'UNKNOWN' ? 'UNMAPPED' : 'ANSWERED'),
    log: {
      operation: question.operation,
      httpStatus: answer?.status ?? null,
      request: question.request,
      answer: maskedAnswer(answer, parsed),
    },
  };
  if (!isDecided) return said;
  if (parsed.railReference !== null) said.railReference = parsed.railReference;
  if (parsed.clearingDate !== null) said.clearingDate = parsed.clearingDate;
  if (parsed.amountMinor !== null) said.amountMinor = parsed.amountMinor;
  return said;
}

/**
 * A final or accepted status comes with 200 only; refusals come with any status below 500. A server error decides nothing, whatever its
 * body says.
 */
function outcomeUnder(httpStatus: number, outcome: OutcomeClass): OutcomeClass {
  if (httpStatus === 200) return outcome;
  return httpStatus < 500 && outcome.startsWith('REJECTED_') ? outcome : 'UNKNOWN';
}

function mismatchOf(parsed: NetsUnionAnswer | null, { serialNumber, amountMinor }: Question): AnswerDetail | null {
  if (parsed === null) return 'UNPARSABLE_BODY';
  if (parsed.serialNumber !== null && parsed.serialNumber !== serialNumber) return 'OTHER_SERIAL_NUMBER';
  return parsed.amountMinor !== null && amountMinor !== null && parsed.amountMinor !== amountMinor ? 'OTHER_AMOUNT' : null;
}

function maskedAnswer(answer: HttpAnswer | null, parsed: NetsUnionAnswer | null): string {
  if (answer === null) return '';
  if (parsed === null) return maskedUnreadable(answer.body);
  const { serialNumber, status, code, railReference, clearingDate, amountMinor } = parsed;
  const amount = amountMinor === null ? null : formatAmount(amountMinor);
  return JSON.stringify({ serialNumber, status, code, railReference, clearingDate, amount });
}

function quotaOf({ answer, body, fault }: Exchanged): QuotaReading {
  const nothing = { outcome: 'UNKNOWN', mappedMinor: null, availableMinor: null, asOf: null } as const;
  if (fault !== null || answer === null) return { ...nothing, detail: fault ?? 'EMPTY_BODY' };
  const fields = parseObject(body);
  if (fields === null) return { ...nothing, detail: 'UNPARSABLE_BODY' };
  const mappedMinor = parseAmount(String(fields['mappedQuota']));
  const availableMinor = parseAmount(String(fields['availableQuota']));
  const asOf = new Date(fields['asOf'] as string | number);
  if (answer.status !== 200 || mappedMinor === null || availableMinor === null || Number.isNaN(asOf.getTime()))
    return { ...nothing, detail: 'UNMAPPED' };
  return { outcome: 'SUCCEEDED', mappedMinor, availableMinor, asOf, detail: 'ANSWERED' };
}
