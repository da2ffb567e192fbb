import type { IncomingMessage, ServerResponse } from 'node:http';

import { findConcluded, readQuota } from '../books/book-queries.ts';
import type { HouseBooks } from '../books/house-books.ts';
import type { QuotaDesk } from '../books/quota-desk.ts';
import type { Fault } from '../faults/fault.ts';
import type { HouseClock } from '../house-clock.ts';
import { nonceOf, sealedAnswer, signatureFaultOf } from '../signature/envelope.ts';
import type { HouseKeys } from '../signature/house-keys.ts';
import type { Signer } from '../signature/signing.ts';
import { parseAdjustmentRequest } from './adjustment-request.ts';
import { adjustmentAnswer, inquiryAnswer, plainAnswer, submitAnswer, type Answer } from './answer.ts';
import type { InquiryBudget } from './inquiry-budget.ts';
import { parsePayoutRequest, SERIAL_NUMBER, serialNumberIn } from './payout-request.ts';

export interface NetsUnionDoorOptions {
  readonly books: HouseBooks;
  readonly desk: QuotaDesk;
  readonly keys: HouseKeys;
  readonly strangersSigner: Signer;
  readonly institution: string;
  readonly clock: HouseClock;
  readonly budget: InquiryBudget;
}

export const BASE_PATH = '/netsunion/v1';
const PAYOUTS = `${BASE_PATH}/payouts`;
const QUOTA = `${BASE_PATH}/quota`;
const ADJUSTMENTS = `${BASE_PATH}/quota-adjustments`;
/** How long a connection is held that gets no answer. */
const HOLD_MS = 60_000;
const HTML = '<html><body><h1>502 Bad Gateway</h1></body></html>';

/** NetsUnion's door: docs/rails/netsunion.md. */
export class NetsUnionDoor {
  readonly #options: NetsUnionDoorOptions;

  constructor(options: NetsUnionDoorOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '', headers } = request;
    const { keys, institution, clock } = this.#options;
    const fault = signatureFaultOf({ method, path, headers, body }, { keys, institution, wallNow: clock.wallNow() });
    if (fault !== null) {
      const serialNumber = method === 'POST' ? serialNumberIn(body) : (serialNumberOf(path) ?? serialNumberOf(path, ADJUSTMENTS) ?? '');
      this.#send(request, response, plainAnswer(serialNumber, 'REJECTED', '0502', fault));
    } else if (method === 'POST' && path === PAYOUTS) {
      await this.#submit(request, body, response);
    } else if (method === 'POST' && path === ADJUSTMENTS) {
      await this.#adjust(request, body, response);
    } else if (method === 'GET' && serialNumberOf(path, ADJUSTMENTS) !== null) {
      this.#send(request, response, await this.#inquireAdjustment(serialNumberOf(path, ADJUSTMENTS) ?? ''));
    } else if (method === 'GET' && path === QUOTA) {
      this.#send(request, response, await this.#quota());
    } else if (method === 'GET' && serialNumberOf(path) !== null) {
      this.#send(request, response, await this.#inquire(serialNumberOf(path) ?? ''));
    } else {
      this.#send(request, response, plainAnswer('', 'REJECTED', '0603'));
    }
  }

  /** For a request whose handling broke down: its outcome is unknown, and that is what it says. */
  refuseBusy(request: IncomingMessage, response: ServerResponse): void {
    if (response.headersSent || response.destroyed) return;
    const busy = plainAnswer(serialNumberOf(request.url ?? '') ?? '', 'UNKNOWN', '9999');
    this.#send(request, response, { ...busy, status: 500 });
  }

  async #submit(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const parsed = parsePayoutRequest(body);
    if ('violation' in parsed) {
      this.#send(request, response, plainAnswer(parsed.serialNumber, 'REJECTED', '0501', `malformed: ${parsed.violation}`));
      return;
    }
    const { books } = this.#options;
    const payout = parsed.request;
    let conclusion = await books.submit(payout, null);
    if (conclusion.kind === 'DEFERRED') {
      const { fault } = conclusion;
      await waitMs(fault.delayMs);
      conclusion = await books.submit(payout, fault);
    }
    if (conclusion.kind === 'FORGOTTEN' || conclusion.kind === 'DEFERRED') {
      await this.#misbehave(request, response, { fault: conclusion.fault, answer: plainAnswer(payout.serialNumber, 'UNKNOWN', '9999') });
      return;
    }
    const answer = submitAnswer(payout.serialNumber, conclusion);
    if (conclusion.kind === 'CONCLUDED' && conclusion.fault !== null && conclusion.row.status !== 'REFUSED') {
      await this.#misbehave(request, response, { fault: conclusion.fault, answer });
    } else {
      this.#send(request, response, answer);
    }
  }

  async #adjust(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const parsed = parseAdjustmentRequest(body);
    if ('violation' in parsed) {
      this.#send(request, response, plainAnswer(parsed.serialNumber, 'REJECTED', '0501', `malformed: ${parsed.violation}`));
      return;
    }
    const { serialNumber } = parsed.request;
    const conclusion = await this.#options.desk.submit(parsed.request);
    switch (conclusion.kind) {
      case 'DUPLICATE':
        this.#send(request, response, plainAnswer(serialNumber, 'REJECTED', '0201'));
        return;
      case 'FORGOTTEN':
        await this.#misbehave(request, response, { fault: conclusion.fault, answer: plainAnswer(serialNumber, 'UNKNOWN', '9999') });
        return;
      case 'TAKEN': {
        const { row, fault } = conclusion;
        const answer = adjustmentAnswer(row, 'ACCEPTED');
        if (fault === null || row.status === 'REFUSED') this.#send(request, response, answer);
        else await this.#misbehave(request, response, { fault, answer });
      }
    }
  }

  async #inquireAdjustment(serialNumber: string): Promise<Answer> {
    const { desk, budget, clock } = this.#options;
    if (!budget.take(clock.wallNow())) return plainAnswer(serialNumber, 'REJECTED', '0601');
    if (desk.hasInHand(serialNumber)) return plainAnswer(serialNumber, 'PROCESSING', '0000');
    const row = await desk.find(serialNumber);
    return row === null ? plainAnswer(serialNumber, 'NOT_FOUND', '0602') : adjustmentAnswer(row, 'PROCESSING');
  }

  async #misbehave(request: IncomingMessage, response: ServerResponse, { fault, answer }: { fault: Fault; answer: Answer }): Promise<void> {
    switch (fault.kind) {
      case 'TIMEOUT_BEFORE_EXECUTION':
      case 'TIMEOUT_AFTER_EXECUTION':
        await waitMs(HOLD_MS, response);
        request.socket.destroy();
        return;
      case 'RESET_BEFORE_EXECUTION':
      case 'RESET_AFTER_EXECUTION':
        request.socket.resetAndDestroy();
        return;
      case 'SERVER_ERROR_BEFORE_EXECUTION':
      case 'SERVER_ERROR_AFTER_EXECUTION':
        response.writeHead(500, { 'content-type': 'text/html' }).end(HTML);
        return;
      case 'HTML_ANSWER':
        response.writeHead(200, { 'content-type': 'text/html' }).end(HTML);
        return;
      case 'EMPTY_ANSWER':
        response.writeHead(200, { 'content-length': 0 }).end();
        return;
      case 'SLOW_ANSWER':
        await waitMs(fault.delayMs, response);
        this.#send(request, response, answer);
        return;
      case 'WRONG_SIGNATURE':
        this.#seal(request, response, answer, this.#options.strangersSigner);
        return;
      case 'SYSTEM_BUSY':
      case 'LATE_EXECUTION':
      case 'BUSINESS_FAILURE':
      case 'RISK_REFUSAL':
      case 'LATE_NOTICE':
      case 'LOST_NOTICE':
      case 'DUPLICATE_NOTICE':
      case 'FORGED_NOTICE':
      case 'WRONG_AMOUNT_NOTICE':
        this.#send(request, response, answer);
    }
  }

  async #inquire(serialNumber: string): Promise<Answer> {
    const { books, budget, clock } = this.#options;
    if (!budget.take(clock.wallNow())) return plainAnswer(serialNumber, 'REJECTED', '0601');
    // Whether it is in hand is asked first: what is committed after that question shows in the books read after it.
    if (books.hasInHand(serialNumber)) return plainAnswer(serialNumber, 'PROCESSING', '0000');
    const row = await findConcluded(books.pool, serialNumber);
    return row === null ? plainAnswer(serialNumber, 'NOT_FOUND', '0602') : inquiryAnswer(row, clock.wallNow());
  }

  async #quota(): Promise<Answer> {
    const { books, institution, clock } = this.#options;
    const figures = await readQuota(books.pool, institution);
    return { status: 200, body: JSON.stringify({ ...figures, asOf: clock.now().getTime() }) };
  }

  #send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    const { keys } = this.#options;
    this.#seal(request, response, answer, keys.signers.get(String(request.headers['x-signature-algorithm'])) ?? keys.standard);
  }

  #seal(request: IncomingMessage, response: ServerResponse, { status, body }: Answer, signer: Signer): void {
    const { institution, clock } = this.#options;
    const sealing = { signer, institution, wallNow: clock.wallNow() };
    const headers = sealedAnswer(sealing, { status, requestNonce: nonceOf(request.headers), body });
    response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) }).end(body);
  }
}

function serialNumberOf(path: string, operation = PAYOUTS): string | null {
  if (!path.startsWith(`${operation}/`)) return null;
  const serialNumber = path.slice(operation.length + 1);
  return SERIAL_NUMBER.test(serialNumber) ? serialNumber : null;
}

/** Ends early when the other side has hung up. */
function waitMs(delayMs: number, response?: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    response?.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
