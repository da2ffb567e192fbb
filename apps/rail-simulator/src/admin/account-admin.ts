import type pg from 'pg';
import { z } from 'zod';

import { findAccount, findAccounts, postEntry, setAccount, type BankAccount } from '../banks/bank-entries.ts';
import { bankFaultPlanSchema } from '../banks/bank-fault-plan.ts';
import type { BankPlans } from '../banks/bank-plans.ts';
import { BANK_NAMES, entryReference, type Bank } from '../banks/bank.ts';
import { ACCOUNT_NUMBER } from '../banks/transfer-request.ts';
import { readInFlight } from '../banks/transfer-queries.ts';
import { inTransaction } from '../books/in-transaction.ts';
import { hvpsCalendarSchema, isHvpsOpen } from '../central-bank/hvps-hours.ts';
import { postReserveMovement, ReserveShort, setReserveOpening } from '../central-bank/reserve-books.ts';
import { readReserve } from '../central-bank/reserve-queries.ts';
import type { HouseClock } from '../house-clock.ts';
import { minorOf, wireAmount } from '../netsunion/amount.ts';
import type { AdminAnswer } from './admin-door.ts';

export interface AccountAdminOptions {
  readonly pool: pg.Pool;
  readonly plans: BankPlans;
  readonly clock: HouseClock;
  readonly onNotices: () => void;
  /** The accounts that the banks have changed. */
  readonly onAccounts: () => Promise<void>;
}

const accountNumberSchema = z.string().regex(ACCOUNT_NUMBER);
const nameSchema = z.string().min(1).max(128);
const textSchema = z.string().min(1).max(140);
const amountSchema = z.string().transform((text, context) => {
  const minor = minorOf(text);
  if (minor === null) context.addIssue('an amount of yuan with two places, above zero');
  return minor ?? 0n;
});
const balanceSchema = z.union([z.literal('0.00').transform(() => 0n), amountSchema]);
const reserveSchema = z.strictObject({
  accountNumber: accountNumberSchema,
  accountName: nameSchema,
  bankCode: z.string().regex(/^\d{12}$/),
  openingBalance: balanceSchema,
});
const movementSchema = z.strictObject({
  direction: z.enum(['CREDIT', 'DEBIT']),
  amount: amountSchema,
  counterparty: textSchema.optional(),
  payerReference: textSchema.optional(),
  purpose: textSchema.optional(),
});
const accountSchema = z.strictObject({ accountName: nameSchema, openingBalance: balanceSchema, overdraft: balanceSchema.default(0n) });
const entrySchema = z.strictObject({
  /** CREDIT: money of a third party. INTEREST comes in as well, a CHARGE goes out. */
  kind: z.enum(['CREDIT', 'INTEREST', 'CHARGE']),
  amount: amountSchema,
  counterpartyAccount: accountNumberSchema.optional(),
  counterpartyName: nameSchema.optional(),
  /** What the payer wrote. */
  reference: z.string().min(1).max(64).optional(),
  purpose: textSchema.optional(),
});
const ACCOUNT_TARGET = /^\/admin\/banks\/(alpha|beta)\/accounts\/([^/]+)(\/entries)?$/;

/** What a person or a test tells the central bank and the banks out of band. */
export class AccountAdmin {
  readonly #options: AccountAdminOptions;

  constructor(options: AccountAdminOptions) {
    this.#options = options;
  }

  /** Null when the operation is not one of these. Rejects with the parser's error when the body is not what it should be. */
  async handle(method: string, pathname: string, body: string): Promise<AdminAnswer | null> {
    const { pool, plans } = this.#options;
    switch (`${method} ${pathname}`) {
      case 'GET /admin/central-bank/reserve':
        return ok(await this.#reserve());
      case 'PUT /admin/central-bank/reserve':
        return await this.#setReserve(reserveSchema.parse(JSON.parse(body)));
      case 'POST /admin/central-bank/movements':
        return await this.#moveReserve(movementSchema.parse(JSON.parse(body)));
      case 'GET /admin/hvps':
        return ok(this.#hvps());
      case 'PUT /admin/hvps':
        await plans.changeHvps(hvpsCalendarSchema.parse(JSON.parse(body)));
        return ok(this.#hvps());
      case 'GET /admin/banks/accounts':
        return ok({ items: (await findAccounts(pool)).map(accountJson) });
      case 'GET /admin/banks/faults':
        return ok(plans.faults);
      case 'PUT /admin/banks/faults':
        await plans.changeFaults(bankFaultPlanSchema.parse(JSON.parse(body)));
        return ok(plans.faults);
      case 'GET /admin/banks/in-flight': {
        const { count, amountMinor } = await readInFlight(pool);
        return ok({ count, amount: wireAmount(amountMinor) });
      }
    }
    const [, bank, accountNumber, entries] = ACCOUNT_TARGET.exec(pathname) ?? [];
    const account = BANK_NAMES.find((name) => name === bank);
    if (account === undefined) return null;
    const place = { bank: account, accountNumber: accountNumberSchema.parse(accountNumber) };
    if (method === 'PUT' && entries === undefined) return await this.#setAccount(place, accountSchema.parse(JSON.parse(body)));
    return method === 'POST' && entries !== undefined ? await this.#post(place, entrySchema.parse(JSON.parse(body))) : null;
  }

  async #reserve(): Promise<Record<string, unknown>> {
    const { openingMinor, balanceMinor, ...rest } = await readReserve(this.#options.pool);
    return { ...rest, openingBalance: wireAmount(openingMinor), balance: wireAmount(balanceMinor) };
  }

  async #setReserve({ openingBalance, ...account }: z.infer<typeof reserveSchema>): Promise<AdminAnswer> {
    const isSet = await setReserveOpening(this.#options.pool, { ...account, openingMinor: openingBalance });
    return isSet ? ok(await this.#reserve()) : conflict('RESERVE_HAS_MOVED');
  }

  async #moveReserve({ amount, ...told }: z.infer<typeof movementSchema>): Promise<AdminAnswer> {
    const { pool, clock, onNotices } = this.#options;
    const { direction, counterparty = null, payerReference = null, purpose = null } = told;
    const movement = { direction, amountMinor: amount, counterparty, payerReference, purpose, at: clock.now() };
    try {
      const { movementNumber, balanceAfterMinor } = await inTransaction(pool, (client) => postReserveMovement(client, movement));
      onNotices();
      return ok({ movementNumber, balanceAfter: wireAmount(balanceAfterMinor) });
    } catch (error) {
      if (error instanceof ReserveShort) return conflict('RESERVE_SHORT');
      throw error;
    }
  }

  #hvps(): Record<string, unknown> {
    const { plans, clock } = this.#options;
    return { ...plans.hvps, isOpen: isHvpsOpen(plans.hvps, clock.now()) };
  }

  async #setAccount(place: { bank: Bank; accountNumber: string }, { accountName, openingBalance, overdraft }: z.infer<typeof accountSchema>): Promise<AdminAnswer> {
    const { pool, clock, onAccounts } = this.#options;
    const opening = { ...place, accountName, overdraftMinor: overdraft, openingMinor: openingBalance };
    if (!(await setAccount(pool, opening, clock.now()))) return conflict('ACCOUNT_IN_USE');
    await onAccounts();
    const account = await findAccount(pool, place.bank, place.accountNumber);
    return ok(account === null ? {} : accountJson(account));
  }

  async #post({ bank, accountNumber }: { bank: Bank; accountNumber: string }, told: z.infer<typeof entrySchema>): Promise<AdminAnswer> {
    const { pool, clock } = this.#options;
    const { kind, amount, counterpartyAccount = null, counterpartyName = null, reference = null, purpose = null } = told;
    if ((await findAccount(pool, bank, accountNumber)) === null) return { status: 404, content: { error: 'NO_SUCH_ACCOUNT' } };
    const posted = await inTransaction(pool, (client) =>
      postEntry(client, {
        ...{ accountNumber, kind, direction: kind === 'CHARGE' ? 'DEBIT' : 'CREDIT', amountMinor: amount },
        ...{ counterpartyAccount, counterpartyName, endToEnd: reference, reference: null, purpose, at: clock.now() },
      }),
    );
    if (posted === null) return conflict('BALANCE_SHORT');
    return ok({ bankReference: entryReference(bank, posted.entryNumber), balanceAfter: wireAmount(posted.balanceAfterMinor) });
  }
}

function accountJson({ bank, accountNumber, accountName, overdraftMinor, openingMinor, balanceMinor }: BankAccount): Record<string, unknown> {
  const [openingBalance, balance] = [wireAmount(openingMinor), wireAmount(balanceMinor)];
  return { bank, accountNumber, accountName, openingBalance, balance, overdraft: wireAmount(overdraftMinor) };
}

function ok(content: unknown): AdminAnswer {
  return { status: 200, content };
}

function conflict(error: string): AdminAnswer {
  return { status: 409, content: { error } };
}
