import { hash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type pg from 'pg';

import { inTransaction } from '../books/in-transaction.ts';
import { dayBefore, isDate, type HouseClock } from '../house-clock.ts';
import { wireAmount } from '../netsunion/amount.ts';
import { SERIAL_NUMBER, serialNumberIn } from '../netsunion/payout-request.ts';
import type { RailDoor } from '../rail-door.ts';
import type { DoorSeal } from '../signature/door-seal.ts';
import { statementFile } from '../statements/statement-file.ts';
import { takeStatement } from '../statements/statement.ts';
import { plainBankAnswer, takenAnswer, transferInquiryAnswer, type BankAnswer } from './bank-answer.ts';
import { findAccount } from './bank-entries.ts';
import { faultOfStatement, type TransferFault } from './bank-fault-plan.ts';
import type { BankPlans } from './bank-plans.ts';
import type { Bank } from './bank.ts';
import type { TransferDesk } from './transfer-desk.ts';
import { findTransfer } from './transfer-queries.ts';
import { parseTransferRequest } from './transfer-request.ts';

export interface BankDoorOptions {
  readonly bank: Bank;
  readonly pool: pg.Pool;
  readonly desk: TransferDesk;
  readonly plans: BankPlans;
  readonly seal: DoorSeal;
  readonly clock: HouseClock;
}

const BALANCE = /^\/accounts\/([A-Za-z0-9-]{5,32})\/balance$/;
const STATEMENT = /^\/accounts\/([A-Za-z0-9-]{5,32})\/statements\/([\d-]{10})$/;
const OFFSET = /^offset=(0|[1-9]\d{0,8})$/;
/** What an answer can hold of a file, in base64 and with its other fields. */
const PART_BYTES_MAX = 45_000;
/** How long a connection is held that gets no answer. */
const HOLD_MS = 60_000;

/** A bank's door: docs/rails/banks.md. */
export class BankDoor implements RailDoor {
  readonly basePath: string;
  readonly #options: BankDoorOptions;

  constructor(options: BankDoorOptions) {
    this.#options = options;
    this.basePath = `/banks/${options.bank}/v1`;
  }

  async handle(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const { seal } = this.#options;
    const { method } = request;
    const path = this.#pathOf(request);
    const fault = seal.faultOf(request, body);
    if (fault !== null) {
      const serialNumber = method === 'POST' ? serialNumberIn(body) : (serialNumberOf(path) ?? '');
      seal.send(request, response, plainBankAnswer(serialNumber, { status: 'REJECTED', code: '0502', detail: fault }));
    } else if (method === 'POST' && path === '/transfers') {
      await this.#submit(request, body, response);
    } else {
      seal.send(request, response, method === 'GET' ? await this.#read(path) : NO_SUCH_OPERATION);
    }
  }

  /** For a request whose handling broke down: its outcome is unknown, and that is what it says. */
  refuseBusy(request: IncomingMessage, response: ServerResponse): void {
    const busy = plainBankAnswer(serialNumberOf(this.#pathOf(request)) ?? '', { status: 'UNKNOWN', code: '9999' });
    this.#options.seal.send(request, response, { ...busy, status: 500 });
  }

  #pathOf({ url = '' }: IncomingMessage): string {
    return url.slice(this.basePath.length);
  }

  async #submit(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const { bank, desk, seal } = this.#options;
    const parsed = parseTransferRequest(body);
    if ('violation' in parsed) {
      const detail = `malformed: ${parsed.violation}`;
      seal.send(request, response, plainBankAnswer(parsed.serialNumber, { status: 'REJECTED', code: '0501', detail }));
      return;
    }
    const { serialNumber } = parsed.request;
    const conclusion = await desk.submit(bank, parsed.request);
    if (conclusion.kind === 'DUPLICATE') {
      seal.send(request, response, plainBankAnswer(serialNumber, { status: 'REJECTED', code: '0201' }));
      return;
    }
    const isTaken = conclusion.kind === 'TAKEN';
    const answer = isTaken ? takenAnswer(conclusion.row) : plainBankAnswer(serialNumber, { status: 'UNKNOWN', code: '9999' });
    const { fault } = conclusion;
    if (fault === null || (isTaken && conclusion.row.status === 'REFUSED')) seal.send(request, response, answer);
    else await this.#misbehave(request, response, { fault, answer });
  }

  async #misbehave(
    request: IncomingMessage,
    response: ServerResponse,
    { fault, answer }: { fault: TransferFault; answer: BankAnswer },
  ): Promise<void> {
    switch (fault.kind) {
      case 'TIMEOUT_BEFORE_EXECUTION':
      case 'TIMEOUT_AFTER_EXECUTION':
        await holdMs(HOLD_MS, response);
        request.socket.destroy();
        return;
      case 'RESET_BEFORE_EXECUTION':
      case 'RESET_AFTER_EXECUTION':
        request.socket.resetAndDestroy();
        return;
      case 'WRONG_SIGNATURE':
        this.#options.seal.sendAsStranger(request, response, answer);
        return;
      case 'SYSTEM_BUSY':
      case 'BUSINESS_FAILURE':
      case 'RISK_REFUSAL':
      case 'LATE_RESULT':
      case 'DEBITED_AND_RETURNED':
      case 'LATE_ARRIVAL':
      case 'ARRIVAL_WITHOUT_REFERENCE':
        this.#options.seal.send(request, response, answer);
    }
  }

  async #read(target: string): Promise<BankAnswer> {
    const [path = '', query = ''] = target.split('?', 2);
    const serialNumber = serialNumberOf(path);
    if (serialNumber !== null) return await this.#inquire(serialNumber);
    const [, ofBalance] = BALANCE.exec(path) ?? [];
    if (ofBalance !== undefined) return await this.#balance(ofBalance);
    const [, accountNumber, date] = STATEMENT.exec(path) ?? [];
    return accountNumber === undefined || date === undefined ? NO_SUCH_OPERATION : await this.#statement({ accountNumber, date, query });
  }

  async #inquire(serialNumber: string): Promise<BankAnswer> {
    const { bank, pool, desk, clock } = this.#options;
    // Whether it is in hand is asked first: what is committed after that question shows in the books read after it.
    if (desk.hasInHand(bank, serialNumber)) return plainBankAnswer(serialNumber, { status: 'PROCESSING', code: '0000' });
    const found = await findTransfer(pool, bank, serialNumber);
    if (found === null) return plainBankAnswer(serialNumber, { status: 'NOT_FOUND', code: '0602' });
    return transferInquiryAnswer(found.row, { wallNow: clock.wallNow(), returnedAt: found.returnedAt });
  }

  async #balance(accountNumber: string): Promise<BankAnswer> {
    const { bank, pool, clock } = this.#options;
    const account = await findAccount(pool, bank, accountNumber);
    if (account === null) return plainBankAnswer('', { status: 'NOT_FOUND', code: '0602' });
    return ok({ accountNumber, balance: wireAmount(account.balanceMinor), currency: 'CNY', asOf: clock.now().getTime() });
  }

  async #statement({ accountNumber, date, query }: { accountNumber: string; date: string; query: string }): Promise<BankAnswer> {
    const { bank, pool, plans, clock } = this.#options;
    const [, from] = OFFSET.exec(query) ?? [];
    if (from === undefined && query !== '') return plainBankAnswer('', { status: 'REJECTED', code: '0501', detail: 'malformed: offset' });
    const fault = faultOfStatement(plans.faults, { bank, accountNumber, businessDate: date });
    const isAsked = isDate(date) && fault !== 'NOT_READY';
    const statement = !isAsked
      ? null
      : await inTransaction(pool, async (client) => {
          const asked = await takeStatement(client, { bank, accountNumber, date, now: clock.now() });
          const isRepeated = asked !== null && fault === 'FILE_REPEATED';
          return isRepeated ? await takeStatement(client, { bank, accountNumber, date: dayBefore(date), now: clock.now() }) : asked;
        });
    if (statement === null) return plainBankAnswer('', { status: 'NOT_FOUND', code: '0602' });
    const { fileName, bytes } = statementFile(statement, fault);
    const offset = Number(from ?? 0);
    const content = bytes.subarray(offset, offset + PART_BYTES_MAX).toString('base64');
    return ok({ accountNumber, date, fileName, size: bytes.length, sha256: hash('sha256', bytes, 'hex'), offset, content });
  }
}

const NO_SUCH_OPERATION = plainBankAnswer('', { status: 'REJECTED', code: '0603' });

function serialNumberOf(path: string): string | null {
  if (!path.startsWith('/transfers/')) return null;
  const serialNumber = path.slice('/transfers/'.length);
  return SERIAL_NUMBER.test(serialNumber) ? serialNumber : null;
}

function ok(content: unknown): BankAnswer {
  return { status: 200, body: JSON.stringify(content) };
}

/** Ends early when the other side has hung up. */
function holdMs(delayMs: number, response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, delayMs);
    response.once('close', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
