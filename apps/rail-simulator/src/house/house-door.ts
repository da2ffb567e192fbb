import type { IncomingMessage, ServerResponse } from 'node:http';

import { findConcluded, readQuota } from '../books/book-queries.ts';
import type { HouseBooks } from '../books/house-books.ts';
import type { QuotaDesk } from '../books/quota-desk.ts';
import type { Fault } from '../faults/fault.ts';
import type { HouseClock } from '../house-clock.ts';
import { SERIAL_NUMBER } from '../netsunion/payout-request.ts';
import { misprintsOf } from '../sessions/bill-misprints.ts';
import { billPage, isBillCursor } from '../sessions/payout-bill.ts';
import type { SessionDesk } from '../sessions/session-desk.ts';
import type { DoorSeal } from '../signature/door-seal.ts';
import { adjustmentSaid, inquirySaid, submitSaid } from './answer.ts';
import type { Answer, Dialect, Said } from './dialect.ts';
import type { Place } from './house.ts';
import type { InquiryBudget } from './inquiry-budget.ts';

export interface HouseDoorOptions {
  readonly dialect: Dialect;
  readonly place: Place;
  readonly books: HouseBooks;
  readonly desk: QuotaDesk;
  readonly sessions: SessionDesk;
  readonly seal: DoorSeal;
  readonly clock: HouseClock;
  readonly budget: InquiryBudget;
}

/** How long a connection is held that gets no answer. */
const HOLD_MS = 60_000;
const HTML = '<html><body><h1>502 Bad Gateway</h1></body></html>';
const PAYOUT_FILE = '/payout-file';

/** A clearing house's door, in the words of its dialect: the pages of docs/rails. */
export class HouseDoor {
  readonly #options: HouseDoorOptions;

  constructor(options: HouseDoorOptions) {
    this.#options = options;
  }

  get basePath(): string {
    return this.#options.dialect.basePath;
  }

  async handle(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const { method = '', url: path = '' } = request;
    const { seal, dialect } = this.#options;
    const { payouts, adjustments, quota, sessions } = dialect.paths;
    const fault = seal.faultOf(request, body);
    if (fault !== null) {
      const serialNumber = method === 'POST' ? dialect.serialNumberIn(body) : (serialNumberOf(path, payouts) ?? serialNumberOf(path, adjustments) ?? '');
      this.#say(request, response, { serialNumber, status: 'REJECTED', code: '0502', detail: fault });
    } else if (method === 'POST' && path === payouts) {
      await this.#submit(request, body, response);
    } else if (method === 'POST' && path === adjustments) {
      await this.#adjust(request, body, response);
    } else if (method === 'GET' && serialNumberOf(path, adjustments) !== null) {
      this.#say(request, response, await this.#inquireAdjustment(serialNumberOf(path, adjustments) ?? ''));
    } else if (method === 'GET' && path === quota) {
      this.#send(request, response, await this.#quota());
    } else if (method === 'GET' && path.startsWith(`${sessions}/`)) {
      this.#send(request, response, await this.#session(path.slice(sessions.length + 1)));
    } else if (method === 'GET' && serialNumberOf(path, payouts) !== null) {
      this.#say(request, response, await this.#inquire(serialNumberOf(path, payouts) ?? ''));
    } else {
      this.#say(request, response, { serialNumber: '', status: 'REJECTED', code: '0603' });
    }
  }

  /** For a request whose handling broke down: its outcome is unknown, and that is what it says. */
  refuseBusy(request: IncomingMessage, response: ServerResponse): void {
    if (response.headersSent || response.destroyed) return;
    const { dialect } = this.#options;
    const serialNumber = serialNumberOf(request.url ?? '', dialect.paths.payouts) ?? '';
    this.#send(request, response, { ...dialect.say({ serialNumber, status: 'UNKNOWN', code: '9999' }), status: 500 });
  }

  async #submit(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const parsed = this.#options.dialect.parsePayout(body);
    if ('violation' in parsed) {
      this.#say(request, response, { serialNumber: parsed.serialNumber, status: 'REJECTED', code: '0501', detail: `malformed: ${parsed.violation}` });
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
      await this.#misbehave(request, response, { fault: conclusion.fault, said: busy(payout.serialNumber) });
      return;
    }
    const said = submitSaid(payout.serialNumber, conclusion);
    if (conclusion.kind === 'CONCLUDED' && conclusion.fault !== null && conclusion.row.status !== 'REFUSED') {
      await this.#misbehave(request, response, { fault: conclusion.fault, said });
    } else {
      this.#say(request, response, said);
    }
  }

  async #adjust(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const parsed = this.#options.dialect.parseAdjustment(body);
    if ('violation' in parsed) {
      this.#say(request, response, { serialNumber: parsed.serialNumber, status: 'REJECTED', code: '0501', detail: `malformed: ${parsed.violation}` });
      return;
    }
    const { serialNumber } = parsed.request;
    const conclusion = await this.#options.desk.submit(parsed.request);
    switch (conclusion.kind) {
      case 'DUPLICATE':
        this.#say(request, response, { serialNumber, status: 'REJECTED', code: '0201' });
        return;
      case 'FORGOTTEN':
        await this.#misbehave(request, response, { fault: conclusion.fault, said: busy(serialNumber) });
        return;
      case 'TAKEN': {
        const { row, fault } = conclusion;
        const said = adjustmentSaid(row, 'ACCEPTED');
        if (fault === null || row.status === 'REFUSED') this.#say(request, response, said);
        else await this.#misbehave(request, response, { fault, said });
      }
    }
  }

  async #inquireAdjustment(serialNumber: string): Promise<Said> {
    const { desk, budget, clock } = this.#options;
    if (!budget.take(clock.wallNow())) return { serialNumber, status: 'REJECTED', code: '0601' };
    if (desk.hasInHand(serialNumber)) return { serialNumber, status: 'PROCESSING', code: '0000' };
    const row = await desk.find(serialNumber);
    return row === null ? notFound(serialNumber) : adjustmentSaid(row, 'PROCESSING');
  }

  async #misbehave(request: IncomingMessage, response: ServerResponse, { fault, said }: { fault: Fault; said: Said }): Promise<void> {
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
        this.#say(request, response, said);
        return;
      case 'WRONG_SIGNATURE':
        this.#options.seal.sendAsStranger(request, response, this.#options.dialect.say(said));
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
        this.#say(request, response, said);
    }
  }

  async #inquire(serialNumber: string): Promise<Said> {
    const { books, place, budget, clock } = this.#options;
    if (!budget.take(clock.wallNow())) return { serialNumber, status: 'REJECTED', code: '0601' };
    // Whether it is in hand is asked first: what is committed after that question shows in the books read after it.
    if (books.hasInHand(serialNumber)) return { serialNumber, status: 'PROCESSING', code: '0000' };
    const row = await findConcluded(books.pool, place, serialNumber);
    return row === null ? notFound(serialNumber) : inquirySaid(row, clock.wallNow());
  }

  async #quota(): Promise<Answer> {
    const { books, place, clock, dialect } = this.#options;
    const figures = await readQuota(books.pool, place);
    return { status: 200, body: dialect.sayQuota({ ...figures, asOf: clock.now() }) };
  }

  /** A session, or a page of its payout bill. */
  async #session(target: string): Promise<Answer> {
    const { books, place, sessions, dialect } = this.#options;
    const { pathname, searchParams } = new URL(target, 'http://house');
    const [, dateText = '', bill = ''] = /^\/([^/]+)(\/.*)?$/.exec(pathname) ?? [];
    const clearingDate = dialect.dateIn(dateText);
    const after = searchParams.get('after');
    if (clearingDate === null || (bill !== '' && bill !== PAYOUT_FILE) || (after !== null && !isBillCursor(after))) {
      return dialect.say({ serialNumber: '', status: 'REJECTED', code: '0603' });
    }
    const session = await sessions.find(clearingDate);
    // A bill is written when the session is cut.
    if (session === null || (bill !== '' && session.state === 'OPEN')) return dialect.say(notFound(''));
    if (bill === '') return { status: 200, body: dialect.saySession(session) };
    const misprints = await misprintsOf(books.pool, place, { clearingDate, plan: books.plan });
    return { status: 200, body: dialect.sayBillPage(await billPage(books.pool, place, { session, after, misprints })) };
  }

  #say(request: IncomingMessage, response: ServerResponse, said: Said): void {
    this.#send(request, response, this.#options.dialect.say(said));
  }

  #send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
    this.#options.seal.send(request, response, answer);
  }
}

function busy(serialNumber: string): Said {
  return { serialNumber, status: 'UNKNOWN', code: '9999' };
}

function notFound(serialNumber: string): Said {
  return { serialNumber, status: 'NOT_FOUND', code: '0602' };
}

function serialNumberOf(path: string, operation: string): string | null {
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
