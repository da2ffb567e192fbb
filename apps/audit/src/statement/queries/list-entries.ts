import { Injectable } from '@nestjs/common';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { maskAccountNumber, maskName } from '@jinku/security';
import type { EntryKind } from '../../recognition/domain/recognition-rule.ts';

export interface EntryView {
  readonly id: string;
  readonly statementId: string;
  readonly accountId: string;
  readonly businessDate: string;
  readonly valueDate: string;
  readonly amount: string;
  readonly kind: EntryKind;
  readonly ruleId: string | null;
  readonly ruleVersion: number | null;
  readonly bankReference: string;
  readonly reference: string | null;
  readonly counterpartyNumber: string | null;
  readonly counterpartyName: string | null;
  readonly purpose: string | null;
}

export interface EntryFilter {
  readonly accountId?: string | undefined;
  readonly statementId?: string | undefined;
  readonly businessDate?: string | undefined;
  readonly kind?: EntryKind | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

@Injectable()
export class ListEntries {
  constructor(private readonly database: Database) {}

  /** In the order in which they were imported; one row more than asked for tells whether there is another page. Third parties are shown masked. */
  async page({ accountId, statementId, businessDate, kind, after, limit }: EntryFilter): Promise<EntryView[]> {
    const rows = await this.database.query<Omit<EntryView, 'amount'> & { amount: bigint }>(
      `SELECT id, statement_id AS "statementId", account_id AS "accountId", business_date AS "businessDate", value_date AS "valueDate", amount, kind, rule_id AS "ruleId",
         rule_version AS "ruleVersion", bank_reference AS "bankReference", reference, counterparty_number AS "counterpartyNumber", counterparty_name AS "counterpartyName", purpose
       FROM statement_entry WHERE ($1::uuid IS NULL OR account_id = $1) AND ($2::uuid IS NULL OR statement_id = $2) AND ($3::date IS NULL OR business_date = $3)
         AND ($4::text IS NULL OR kind = $4) AND ($5::uuid IS NULL OR id > $5) ORDER BY id LIMIT $6`,
      [accountId ?? null, statementId ?? null, businessDate ?? null, kind ?? null, after ?? null, limit + 1],
    );
    return rows.map((row) => ({
      ...row,
      amount: formatAmount(row.amount),
      counterpartyNumber: row.counterpartyNumber === null ? null : maskAccountNumber(row.counterpartyNumber),
      counterpartyName: row.counterpartyName === null ? null : maskName(row.counterpartyName),
    }));
  }
}
