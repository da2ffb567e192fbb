import { Injectable } from '@nestjs/common';
import type { TransferPurpose } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import type { TransferOrderState } from '../domain/transfer-order-state.ts';

export const TRANSFER_SORTS = ['-requestedAt', 'requestedAt', '-amount', 'amount'] as const;
export type TransferSort = (typeof TRANSFER_SORTS)[number];
const SORT_COLUMNS = { requestedAt: 'o.requested_at', amount: 'o.amount' } as const;

export interface TransferFilter {
  readonly state?: TransferOrderState | undefined;
  readonly purpose?: TransferPurpose | undefined;
  readonly payerAccountId?: string | undefined;
  readonly payeeAccountId?: string | undefined;
  readonly ruleId?: string | undefined;
  readonly businessDate?: string | undefined;
  /** True: orders whose money left the payer and is not at the payee. */
  readonly isInTransit?: boolean | undefined;
  readonly sort: TransferSort;
  readonly after?: string | undefined;
  readonly limit: number;
}

export interface TransferView {
  readonly id: string;
  readonly state: TransferOrderState;
  /** The state of its leg that is not done, or of the last one. */
  readonly legState: string;
  readonly means: string;
  readonly purpose: TransferPurpose;
  readonly reference: string;
  readonly amount: string;
  readonly inTransit: string;
  readonly payerAccountId: string;
  readonly payerName: string;
  readonly payeeAccountId: string;
  readonly payeeName: string;
  readonly payeeCategory: string | null;
  readonly ruleId: string | null;
  readonly ruleVersion: number | null;
  readonly requestedBy: string;
  readonly reason: string;
  readonly businessDate: string;
  readonly requestedAt: string;
  readonly approvalId: string | null;
  readonly stoppedBecause: string | null;
  readonly endedAt: string | null;
}

type Row = Omit<TransferView, 'amount' | 'inTransit' | 'requestedAt' | 'endedAt'> & { amount: bigint; inTransit: bigint; requestedAt: Date; endedAt: Date | null };

const IN_TRANSIT = `(SELECT coalesce(sum(CASE m.effect WHEN 'SENT' THEN m.amount WHEN 'PAID_BY_HOUSE' THEN 0 ELSE -m.amount END), 0)::bigint
  FROM leg_movement m WHERE m.order_id = o.id)`;
const SELECT = `SELECT o.id, o.state, o.means, o.purpose, o.reference, o.amount, ${IN_TRANSIT} AS "inTransit",
    (SELECT l.state FROM transfer_leg l WHERE l.order_id = o.id ORDER BY l.state = 'SETTLED', l.leg_number LIMIT 1) AS "legState",
    o.payer_account_id AS "payerAccountId", payer.name AS "payerName", o.payee_account_id AS "payeeAccountId", payee.name AS "payeeName",
    o.payee_category AS "payeeCategory", o.rule_id AS "ruleId", o.rule_version AS "ruleVersion", o.requested_by AS "requestedBy", o.reason,
    o.business_date AS "businessDate", o.requested_at AS "requestedAt", o.approval_id AS "approvalId", o.stopped_because AS "stoppedBecause", o.ended_at AS "endedAt"
  FROM transfer_order o JOIN known_account payer ON payer.id = o.payer_account_id JOIN known_account payee ON payee.id = o.payee_account_id`;

@Injectable()
export class ListTransfers {
  constructor(private readonly database: Database) {}

  /** One order more than the limit, so that the caller knows whether there is another page. */
  async execute(filter: TransferFilter): Promise<TransferView[]> {
    const column = SORT_COLUMNS[filter.sort.replace('-', '') as keyof typeof SORT_COLUMNS];
    const [beyond, direction] = filter.sort.startsWith('-') ? ['<', 'DESC'] : ['>', 'ASC'];
    const rows = await this.database.query<Row>(
      `${SELECT}
       WHERE ($1::text IS NULL OR o.state = $1) AND ($2::text IS NULL OR o.purpose = $2) AND ($3::uuid IS NULL OR o.payer_account_id = $3)
         AND ($4::uuid IS NULL OR o.payee_account_id = $4) AND ($5::uuid IS NULL OR o.rule_id = $5) AND ($6::date IS NULL OR o.business_date = $6)
         AND ($7::boolean IS NULL OR (${IN_TRANSIT} > 0) = $7)
         AND ($8::uuid IS NULL OR (${column}, o.id) ${beyond} (SELECT ${column.replace('o.', 'last.')}, last.id FROM transfer_order last WHERE last.id = $8))
       ORDER BY ${column} ${direction}, o.id ${direction} LIMIT $9`,
      [
        filter.state ?? null,
        filter.purpose ?? null,
        filter.payerAccountId ?? null,
        filter.payeeAccountId ?? null,
        filter.ruleId ?? null,
        filter.businessDate ?? null,
        filter.isInTransit ?? null,
        filter.after ?? null,
        filter.limit + 1,
      ],
    );
    return rows.map(viewOf);
  }

  async find(id: string): Promise<TransferView | null> {
    const [row] = await this.database.query<Row>(`${SELECT} WHERE o.id = $1`, [id]);
    return row === undefined ? null : viewOf(row);
  }
}

function viewOf(row: Row): TransferView {
  return {
    ...row,
    amount: formatAmount(row.amount),
    inTransit: formatAmount(row.inTransit),
    requestedAt: row.requestedAt.toISOString(),
    endedAt: row.endedAt?.toISOString() ?? null,
  };
}
