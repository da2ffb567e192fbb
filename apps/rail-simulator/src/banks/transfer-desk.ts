import { hash } from 'node:crypto';
import type pg from 'pg';

import { inTransaction } from '../books/in-transaction.ts';
import { isHvpsOpen } from '../central-bank/hvps-hours.ts';
import { readReserve } from '../central-bank/reserve-queries.ts';
import type { HouseClock } from '../house-clock.ts';
import { wireAmount } from '../netsunion/amount.ts';
import type { Code } from '../netsunion/codes.ts';
import { lockAccounts, postEntry, type BankAccount } from './bank-entries.ts';
import { faultOfTransfer, forgets, type TransferFault } from './bank-fault-plan.ts';
import type { BankPlans } from './bank-plans.ts';
import { BANKS, type Bank } from './bank.ts';
import { decideTransfer, type Destination } from './decide-transfer.ts';
import { insertPayment } from './payment-in-flight.ts';
import type { TransferRequest } from './transfer-request.ts';

/** A serial number's row: it is written once and never changes. */
export interface TransferRow {
  readonly serialNumber: string;
  readonly amountMinor: bigint;
  readonly status: 'SUCCEEDED' | 'FAILED' | 'REFUSED';
  readonly code: Code;
  readonly bankReference: string;
  readonly concludedAt: Date;
  /** Wall time from which the bank tells the result. */
  readonly toldFrom: Date;
}

/** What became of one request; `FORGOTTEN` took no number and moved nothing. */
export type TransferConclusion =
  | { readonly kind: 'TAKEN'; readonly row: TransferRow; readonly fault: TransferFault | null }
  | { readonly kind: 'DUPLICATE' }
  | { readonly kind: 'FORGOTTEN'; readonly fault: TransferFault };

export interface TransferDeskOptions {
  readonly pool: pg.Pool;
  readonly plans: BankPlans;
  readonly clock: HouseClock;
  /** From a transfer's debit to its arrival elsewhere, by business time. */
  readonly arrivalMs: number;
  readonly onPayments: () => void;
}

/** From the acceptance of a transfer to its result, by wall time. */
const RESULT_AFTER_MS = 500;

/** Where transfers are taken: number, debit and what is now on its way are written in one transaction. */
export class TransferDesk {
  readonly #options: TransferDeskOptions;
  readonly #inHand = new Map<string, number>();

  constructor(options: TransferDeskOptions) {
    this.#options = options;
  }

  /** True while a request of this number is being written. */
  hasInHand(bank: Bank, serialNumber: string): boolean {
    return this.#inHand.has(`${bank} ${serialNumber}`);
  }

  /** Answers after the commit. Rejects when the books cannot be written: then nobody knows. */
  async submit(bank: Bank, request: TransferRequest): Promise<TransferConclusion> {
    const key = `${bank} ${request.serialNumber}`;
    this.#inHand.set(key, (this.#inHand.get(key) ?? 0) + 1);
    try {
      const conclusion = await inTransaction(this.#options.pool, (client) => this.#take(client, bank, request));
      this.#options.onPayments();
      return conclusion;
    } finally {
      const left = (this.#inHand.get(key) ?? 1) - 1;
      if (left === 0) this.#inHand.delete(key);
      else this.#inHand.set(key, left);
    }
  }

  async #take(client: pg.ClientBase, bank: Bank, request: TransferRequest): Promise<TransferConclusion> {
    const { plans, clock } = this.#options;
    const { serialNumber, fromAccount, payeeAccount, amountMinor } = request;
    // Two requests of one number are decided one after the other, whatever accounts they name.
    await client.query('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', [`${bank} ${serialNumber}`]);
    const taken = await client.query('SELECT 1 FROM rails.bank_transfer WHERE bank = $1 AND serial_number = $2', [bank, serialNumber]);
    if (taken.rowCount !== 0) return { kind: 'DUPLICATE' };
    const accounts = await lockAccounts(client, [fromAccount, payeeAccount]);
    const occurrence = await nextOccurrence(client, bank, request);
    const fault = faultOfTransfer(plans.faults, { bank, fromAccount, payeeAccount, amount: wireAmount(amountMinor), occurrence });
    const now = clock.now();
    if (fault !== null && forgets(fault.kind)) {
      await insertForgotten(client, bank, { request, fault, at: now });
      return { kind: 'FORGOTTEN', fault };
    }
    const { status, code, destination } = decideTransfer(request, {
      bank,
      fault,
      wallNow: clock.wallNow(),
      isHvpsOpen: isHvpsOpen(plans.hvps, now),
      payer: accounts.get(fromAccount),
      payee: accounts.get(payeeAccount),
      reserve: await readReserve(client),
    });
    const toldFrom = new Date(clock.wallNow() + (fault?.kind === 'LATE_RESULT' ? fault.delayMs : RESULT_AFTER_MS));
    const row: TransferRow = { serialNumber, amountMinor, status, code, bankReference: referenceOf(bank, serialNumber), concludedAt: now, toldFrom };
    await insertTransfer(client, bank, { request, row, fault });
    const payer = accounts.get(fromAccount);
    if (status === 'SUCCEEDED' && payer !== undefined) await this.#move(client, { bank, request, destination, payer, fault, now });
    return { kind: 'TAKEN', row, fault };
  }

  async #move(client: pg.ClientBase, move: Move): Promise<void> {
    const { request, destination, payer, fault, now } = move;
    const { serialNumber, amountMinor, reference, purpose } = request;
    const shown = { amountMinor, kind: 'TRANSFER' as const, endToEnd: serialNumber, reference, purpose, at: now };
    const payee = { counterpartyAccount: request.payeeAccount, counterpartyName: request.payeeName };
    const debited = await postEntry(client, { ...shown, accountNumber: payer.accountNumber, direction: 'DEBIT', ...payee });
    if (debited === null) throw new Error('a debit that was decided under the account\'s lock could not be booked');
    if (fault?.kind !== 'DEBITED_AND_RETURNED' && destination.kind === 'ACCOUNT' && destination.isHere) {
      const from = { counterpartyAccount: payer.accountNumber, counterpartyName: payer.accountName };
      await postEntry(client, { ...shown, accountNumber: destination.accountNumber, direction: 'CREDIT', ...from });
      return;
    }
    await this.#sendOn(client, move);
  }

  async #sendOn(client: pg.ClientBase, { bank, request, destination, payer, fault, now }: Move): Promise<void> {
    const { serialNumber, amountMinor, reference, purpose } = request;
    const sent = { bank, serialNumber, amountMinor, reference, purpose };
    const dueAfter = (delayMs: number): Date => new Date(now.getTime() + delayMs);
    if (fault?.kind === 'DEBITED_AND_RETURNED') {
      const sender = { payerAccount: request.payeeAccount, payerName: request.payeeName, payerBankCode: request.payeeBankCode };
      const back = { kind: 'RETURN', toAccount: payer.accountNumber, endToEnd: serialNumber, dueAt: dueAfter(fault.delayMs) } as const;
      await insertPayment(client, { ...sent, ...sender, ...back });
      return;
    }
    if (destination.kind !== 'RESERVE' && destination.kind !== 'ACCOUNT') return;
    const sender = { payerAccount: payer.accountNumber, payerName: payer.accountName, payerBankCode: BANKS[bank].code };
    await insertPayment(client, {
      ...sent,
      ...sender,
      kind: 'ARRIVAL',
      toAccount: destination.kind === 'RESERVE' ? null : destination.accountNumber,
      endToEnd: fault?.kind === 'ARRIVAL_WITHOUT_REFERENCE' ? null : serialNumber,
      dueAt: dueAfter(fault?.kind === 'LATE_ARRIVAL' ? fault.delayMs : this.#options.arrivalMs),
    });
  }
}

interface Move {
  readonly bank: Bank;
  readonly request: TransferRequest;
  readonly destination: Destination;
  readonly payer: BankAccount;
  readonly fault: TransferFault | null;
  readonly now: Date;
}

async function nextOccurrence(client: pg.ClientBase, bank: Bank, { fromAccount, payeeAccount, amountMinor }: TransferRequest): Promise<number> {
  const { rows } = await client.query<{ count: number }>(
    `SELECT (SELECT count(*) FROM rails.bank_transfer WHERE bank = $1 AND from_account = $2 AND payee_account = $3 AND amount_minor = $4)::int
          + (SELECT count(*) FROM rails.forgotten_transfer WHERE bank = $1 AND from_account = $2 AND payee_account = $3 AND amount_minor = $4)::int
              AS count`,
    [bank, fromAccount, payeeAccount, amountMinor.toString()],
  );
  return (rows[0]?.count ?? 0) + 1;
}

async function insertForgotten(
  client: pg.ClientBase,
  bank: Bank,
  { request, fault, at }: { request: TransferRequest; fault: TransferFault; at: Date },
): Promise<void> {
  await client.query(
    `INSERT INTO rails.forgotten_transfer (bank, from_account, payee_account, amount_minor, fault, received_at) VALUES ($1, $2, $3, $4, $5, $6)`,
    [bank, request.fromAccount, request.payeeAccount, request.amountMinor.toString(), fault.kind, at],
  );
}

async function insertTransfer(
  client: pg.ClientBase,
  bank: Bank,
  { request, row, fault }: { request: TransferRequest; row: TransferRow; fault: TransferFault | null },
): Promise<void> {
  await client.query(
    `INSERT INTO rails.bank_transfer (bank, serial_number, from_account, amount_minor, payee_account, payee_name, payee_bank_code, purpose,
       reference, status, code, bank_reference, concluded_at, told_from, fault)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      ...[bank, row.serialNumber, request.fromAccount, row.amountMinor.toString(), request.payeeAccount, request.payeeName],
      ...[request.payeeBankCode, request.purpose, request.reference, row.status, row.code, row.bankReference, row.concludedAt, row.toldFrom],
      fault?.kind ?? null,
    ],
  );
}

/** The bank's own number: it follows from the serial number, so that nothing has to be kept to make it. */
function referenceOf(bank: Bank, serialNumber: string): string {
  return `${BANKS[bank].letter}T${hash('sha256', `${bank}\n${serialNumber}`, 'hex').slice(0, 22).toUpperCase()}`;
}
