import type pg from 'pg';

import type { InstructionToWrite } from '../books/book-statements.ts';
import { inTransaction } from '../books/in-transaction.ts';
import { postReserveMovement } from '../central-bank/reserve-books.ts';
import type { HouseClock } from '../house-clock.ts';
import { postEntry } from './bank-entries.ts';

/** Money that has left one set of books and has not reached the next. */
export interface PaymentToSend {
  readonly kind: 'ARRIVAL' | 'RETURN';
  /** Null: the central reserve account. */
  readonly toAccount: string | null;
  readonly amountMinor: bigint;
  readonly payerAccount: string | null;
  readonly payerName: string | null;
  readonly payerBankCode: string | null;
  readonly endToEnd: string | null;
  readonly reference: string | null;
  readonly purpose: string | null;
  readonly bank: string;
  readonly serialNumber: string;
  /** Business time. */
  readonly dueAt: Date;
}

export async function insertPayment(client: pg.ClientBase, payment: PaymentToSend): Promise<void> {
  await client.query(
    `INSERT INTO rails.payment_in_flight (kind, to_account, amount_minor, payer_account, payer_name, payer_bank_code, end_to_end, reference,
       purpose, bank, serial_number, due_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
    [
      ...[payment.kind, payment.toAccount, payment.amountMinor.toString(), payment.payerAccount, payment.payerName, payment.payerBankCode],
      ...[payment.endToEnd, payment.reference, payment.purpose, payment.bank, payment.serialNumber, payment.dueAt],
    ],
  );
}

/** What a clearing house pays to accounts at the banks arrives there later; written with the payouts themselves. */
export async function insertArrivalsOfPayouts(client: pg.ClientBase, payouts: readonly InstructionToWrite[], house: string, dueAt: Date): Promise<void> {
  await client.query(
    `INSERT INTO rails.payment_in_flight (kind, to_account, amount_minor, payer_name, end_to_end, purpose, due_at)
     SELECT 'ARRIVAL', to_account, amount_minor, $1, serial_number, purpose, $2
       FROM unnest($3::text[], $4::bigint[], $5::text[], $6::text[]) AS u (to_account, amount_minor, serial_number, purpose)`,
    [
      ...[house, dueAt, payouts.map(({ request }) => request.payeeAccount), payouts.map(({ request }) => request.amountMinor.toString())],
      ...[payouts.map(({ request }) => request.serialNumber), payouts.map(({ request }) => request.purpose)],
    ],
  );
}

export interface PaymentsInFlightOptions {
  readonly pool: pg.Pool;
  readonly clock: HouseClock;
  readonly onNotices: () => void;
}

/** Business time may run faster than the wall's: while something is on its way, one looks at least this often. */
const LOOK_AGAIN_MS = 200;

interface DuePayment {
  readonly paymentId: string;
  readonly kind: 'ARRIVAL' | 'RETURN';
  readonly toAccount: string | null;
  readonly amountMinor: string;
  readonly payerAccount: string | null;
  readonly payerName: string | null;
  readonly payerBankCode: string | null;
  readonly endToEnd: string | null;
  readonly reference: string | null;
  readonly purpose: string | null;
  readonly serialNumber: string | null;
}

/** Brings money to the books it is on its way to, when its time has come. It is in the database all along: none dies with the process. */
export class PaymentsInFlight {
  readonly #options: PaymentsInFlightOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<void> | null = null;
  #hasNews = false;
  #isClosed = false;

  constructor(options: PaymentsInFlightOptions) {
    this.#options = options;
  }

  /** There may be something on its way. */
  readonly wake = (): void => {
    if (this.#isClosed) return;
    this.#hasNews = true;
    clearTimeout(this.#timer);
    this.#round ??= this.#rounds().finally(() => {
      this.#round = null;
    });
  };

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  async #rounds(): Promise<void> {
    let isWaiting = true;
    try {
      while (this.#hasNews && !this.#isClosed) {
        this.#hasNews = false;
        while (!this.#isClosed && (await inTransaction(this.#options.pool, (client) => this.#bringNext(client)))) this.#options.onNotices();
        const { rows } = await this.#options.pool.query('SELECT 1 FROM rails.payment_in_flight WHERE arrived_at IS NULL LIMIT 1');
        isWaiting = rows.length > 0;
      }
    } catch {
      // The database is away; what is on its way is in it.
      isWaiting = true;
    }
    if (isWaiting && !this.#isClosed) this.#timer = setTimeout(this.wake, LOOK_AGAIN_MS);
  }

  /** False when nothing is due. */
  async #bringNext(client: pg.ClientBase): Promise<boolean> {
    const now = this.#options.clock.now();
    const { rows } = await client.query<DuePayment>(
      `SELECT payment_id AS "paymentId", kind, to_account AS "toAccount", amount_minor AS "amountMinor", payer_account AS "payerAccount",
              payer_name AS "payerName", payer_bank_code AS "payerBankCode", end_to_end AS "endToEnd", reference, purpose,
              serial_number AS "serialNumber"
         FROM rails.payment_in_flight WHERE arrived_at IS NULL AND due_at <= $1 ORDER BY due_at, payment_id LIMIT 1 FOR UPDATE`,
      [now],
    );
    const [payment] = rows;
    if (payment === undefined) return false;
    await client.query('UPDATE rails.payment_in_flight SET arrived_at = $2 WHERE payment_id = $1', [payment.paymentId, now]);
    if (payment.toAccount === null) await this.#bringToReserve(client, payment, now);
    else await this.#bringToAccount(client, payment, { accountNumber: payment.toAccount, now });
    return true;
  }

  async #bringToReserve(client: pg.ClientBase, payment: DuePayment, now: Date): Promise<void> {
    const { payerBankCode, endToEnd } = payment;
    const amountMinor = BigInt(payment.amountMinor);
    const shown = { counterparty: payerBankCode, purpose: 'TRANSFER', payerReference: endToEnd };
    await postReserveMovement(client, { direction: 'CREDIT', amountMinor, ...shown, at: now });
  }

  async #bringToAccount(client: pg.ClientBase, payment: DuePayment, { accountNumber, now }: { accountNumber: string; now: Date }): Promise<void> {
    const { kind, payerAccount, payerName, endToEnd, reference, purpose, serialNumber } = payment;
    const posted = await postEntry(client, {
      accountNumber,
      direction: 'CREDIT',
      amountMinor: BigInt(payment.amountMinor),
      kind: kind === 'RETURN' ? 'RETURN' : serialNumber === null ? 'CREDIT' : 'TRANSFER',
      counterpartyAccount: payerAccount,
      counterpartyName: payerName,
      endToEnd,
      reference,
      purpose,
      at: now,
    });
    if (posted === null) throw new Error('money is on its way to an account that is not there');
  }
}
