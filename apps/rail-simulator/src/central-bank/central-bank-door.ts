import type { IncomingMessage, ServerResponse } from 'node:http';
import type pg from 'pg';

import { inTransaction } from '../books/in-transaction.ts';
import { isDate, type HouseClock } from '../house-clock.ts';
import { wireAmount } from '../netsunion/amount.ts';
import type { RailDoor } from '../rail-door.ts';
import type { DoorSeal } from '../signature/door-seal.ts';
import { pageOfMovements, readReserve, totalsOf, type BookedMovement, type DateTotals } from './reserve-queries.ts';

export interface CentralBankDoorOptions {
  readonly pool: pg.Pool;
  readonly seal: DoorSeal;
  readonly clock: HouseClock;
}

const TARGET = /^\/central-bank\/v1\/accounts\/([A-Za-z0-9-]{5,32})\/(balance|movements)$/;
const MOVEMENT_NUMBER = /^(0|[1-9]\d{0,17})$/;
/** As many movements with the longest texts as an answer holds. */
const LIMIT = /^([1-9]|[123]\d|40)$/;

interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The central bank's door: docs/rails/central-bank.md. It is only read from. */
export class CentralBankDoor implements RailDoor {
  readonly basePath = '/central-bank/v1';
  readonly #options: CentralBankDoorOptions;

  constructor(options: CentralBankDoorOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, body: string, response: ServerResponse): Promise<void> {
    const { seal } = this.#options;
    const fault = seal.faultOf(request, body);
    seal.send(request, response, fault === null ? await this.#answer(request) : refusal(401, '0502', fault));
  }

  refuseBusy(request: IncomingMessage, response: ServerResponse): void {
    this.#options.seal.send(request, response, refusal(500, '9999', 'system busy'));
  }

  async #answer({ method, url = '' }: IncomingMessage): Promise<Answer> {
    const { pathname, searchParams } = new URL(url, 'http://central-bank');
    const [, accountNumber, what] = TARGET.exec(pathname) ?? [];
    if (method !== 'GET' || accountNumber === undefined) return refusal(404, '0603', 'no such operation');
    return what === 'balance' ? await this.#balance(accountNumber) : await this.#movements(accountNumber, searchParams);
  }

  async #balance(accountNumber: string): Promise<Answer> {
    const { pool, clock } = this.#options;
    const reserve = await readReserve(pool);
    if (reserve.accountNumber !== accountNumber) return NO_SUCH_ACCOUNT;
    return ok({ accountNumber, balance: wireAmount(reserve.balanceMinor), currency: 'CNY', asOf: clock.now().getTime() });
  }

  async #movements(accountNumber: string, search: URLSearchParams): Promise<Answer> {
    const date = search.get('date') ?? '';
    const after = search.get('after') ?? '0';
    const limit = search.get('limit') ?? '40';
    if (!isDate(date)) return refusal(400, '0501', 'malformed: date');
    if (!MOVEMENT_NUMBER.test(after)) return refusal(400, '0501', 'malformed: after');
    if (!LIMIT.test(limit)) return refusal(400, '0501', 'malformed: limit');
    const { pool, clock } = this.#options;
    const [totals, found] = await inTransaction(pool, async (client) => {
      // Totals and page are of one moment.
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY');
      const totals = await totalsOf(client, { accountNumber, date, now: clock.now() });
      return [totals, await pageOfMovements(client, { date, after, limit: Number(limit) + 1 })] as const;
    });
    if (totals === null) return NO_SUCH_ACCOUNT;
    const movements = found.slice(0, Number(limit));
    const next = found.length > movements.length ? (movements.at(-1)?.movementNumber ?? null) : null;
    return ok({ accountNumber, date, ...totalsJson(totals), movements: movements.map(movementJson), next });
  }
}

const NO_SUCH_ACCOUNT = refusal(404, '0602', 'no such account');

function totalsJson({ openingMinor, closingMinor, creditMinor, debitMinor, count, isClosed }: DateTotals): Record<string, unknown> {
  const [openingBalance, closingBalance] = [wireAmount(openingMinor), wireAmount(closingMinor)];
  return { openingBalance, closingBalance, creditTotal: wireAmount(creditMinor), debitTotal: wireAmount(debitMinor), count, isClosed };
}

function movementJson({ amountMinor, balanceAfterMinor, occurredAt, ...rest }: BookedMovement): Record<string, unknown> {
  return { ...rest, amount: wireAmount(amountMinor), balanceAfter: wireAmount(balanceAfterMinor), occurredAt: occurredAt.getTime() };
}

function ok(content: unknown): Answer {
  return { status: 200, body: JSON.stringify(content) };
}

function refusal(status: number, code: string, message: string): Answer {
  return { status, body: JSON.stringify({ code, message }) };
}
