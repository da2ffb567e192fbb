import { Injectable } from '@nestjs/common';
import type { PayoutState } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';

/** A payout as people and clients see it: the payee masked. */
export interface PayoutView {
  readonly id: string;
  readonly payoutId: string;
  readonly clientId: string;
  readonly requestId: string;
  readonly merchantId: string;
  readonly businessLine: string;
  readonly amount: string;
  readonly currency: 'CNY';
  readonly payee: { readonly accountNumber: string; readonly bankCode: string };
  readonly payeeCategory: string;
  readonly purpose: string;
  readonly instructionReference: string;
  readonly latestBy: string | null;
  readonly state: PayoutState;
  readonly sequence: number;
  readonly attemptCount: number;
  readonly reasonCode: string | null;
  /** The earlier payout of the same amount to the same payee, for which this one was held. */
  readonly duplicateOf: string | null;
  readonly railReference: string | null;
  /** What came back after the success, in all. */
  readonly returned: string;
  readonly shard: number;
  readonly receivedAt: string;
  readonly businessDate: string;
  readonly updatedAt: string;
}

export interface PayoutFilter {
  readonly clientId: string | null;
  readonly requestId?: string | undefined;
  readonly merchantId?: string | undefined;
  readonly businessLine?: string | undefined;
  readonly state?: PayoutState | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

interface PayoutRow extends Omit<PayoutView, 'amount' | 'returned' | 'payee' | 'latestBy' | 'receivedAt' | 'updatedAt' | 'currency' | 'payoutId'> {
  readonly amountMinor: bigint;
  readonly returnedMinor: bigint;
  readonly payeeMasked: string;
  readonly bankCode: string;
  readonly latestBy: Date | null;
  readonly receivedAt: Date;
  readonly updatedAt: Date;
}

const COLUMNS = `p.payout_id AS id, p.client_id AS "clientId", p.request_id AS "requestId", p.merchant_id AS "merchantId", p.business_line AS "businessLine",
  p.amount_minor AS "amountMinor", p.payee_masked AS "payeeMasked", p.bank_code AS "bankCode", p.payee_category AS "payeeCategory", p.purpose,
  p.instruction_reference AS "instructionReference", p.latest_by AS "latestBy", p.state, p.told_sequence AS sequence, p.attempt_count AS "attemptCount",
  p.reason_code AS "reasonCode", p.rail_reference AS "railReference", p.returned_minor AS "returnedMinor", p.shard, p.received_at AS "receivedAt", p.business_date AS "businessDate",
  p.updated_at AS "updatedAt", d.earlier_payout_id AS "duplicateOf"`;

const PAYOUTS = 'payout p LEFT JOIN duplicate_suspicion d ON d.payout_id = p.payout_id';

/** States whose payouts stand in a small table of their own: a list of them starts there instead of reading through all payouts. */
const SMALL_TABLES: Partial<Record<PayoutState, string>> = {
  QUEUED: '(SELECT payout_id FROM queue_entry UNION ALL SELECT payout_id FROM deferred_entry)',
  HELD: '(SELECT payout_id FROM held_entry)',
  DISPATCHED: '(SELECT payout_id FROM open_attempt)',
  UNKNOWN: '(SELECT payout_id FROM open_attempt WHERE inquire_at IS NOT NULL)',
};

@Injectable()
export class ListPayouts {
  constructor(private readonly database: Database) {}

  /** In the order of their ids, which is the order of their arrival; one more than the limit, so that the caller knows whether there is a next page. */
  async execute(filter: PayoutFilter): Promise<PayoutView[]> {
    const parameters: unknown[] = [filter.limit + 1];
    const conditions: string[] = [];
    const add = (condition: (place: string) => string, value: unknown): void => {
      parameters.push(value);
      conditions.push(condition(`$${parameters.length}`));
    };
    if (filter.clientId !== null) add((place) => `p.client_id = ${place}`, filter.clientId);
    if (filter.requestId !== undefined) add((place) => `p.payout_id IN (SELECT payout_id FROM payout_request WHERE request_id = ${place})`, filter.requestId);
    if (filter.merchantId !== undefined) add((place) => `p.merchant_id = ${place}`, filter.merchantId);
    if (filter.businessLine !== undefined) add((place) => `p.business_line = ${place}`, filter.businessLine);
    if (filter.state !== undefined) add((place) => `p.state = ${place}`, filter.state);
    const small = filter.state === undefined ? undefined : SMALL_TABLES[filter.state];
    if (small !== undefined) conditions.push(`p.payout_id IN ${small}`);
    if (filter.after !== undefined) add((place) => `p.payout_id > ${place}`, filter.after);
    const where = conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
    const rows = await this.database.query<PayoutRow>(`SELECT ${COLUMNS} FROM ${PAYOUTS} ${where} ORDER BY p.payout_id LIMIT $1`, parameters);
    return rows.map((row) => viewOf(row));
  }

  async find(payoutId: string): Promise<PayoutView | null> {
    const [row] = await this.database.query<PayoutRow>(`SELECT ${COLUMNS} FROM ${PAYOUTS} WHERE p.payout_id = $1`, [payoutId]);
    return row === undefined ? null : viewOf(row);
  }
}

function viewOf({ amountMinor, returnedMinor, payeeMasked, bankCode, ...row }: PayoutRow): PayoutView {
  return {
    ...row,
    payoutId: row.id,
    amount: formatAmount(amountMinor),
    currency: 'CNY',
    returned: formatAmount(returnedMinor),
    payee: { accountNumber: payeeMasked, bankCode },
    latestBy: row.latestBy?.toISOString() ?? null,
    receivedAt: row.receivedAt.toISOString(),
    updatedAt: row.updatedAt.toISOString(),
  };
}
