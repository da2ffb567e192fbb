import { Injectable } from '@nestjs/common';
import type { Violation } from '@jinku/errors';
import { Database } from '@jinku/persistence';
import type { Outstanding, UnknownEntry } from '../domain/check-account.ts';

/** Most of what is outstanding that one run looks at: more than that is a feed that is missing, not breaks. */
const OUTSTANDING_MAX = 1_000;

export interface StatementOn {
  readonly state: 'ACCEPTED' | 'QUARANTINED';
  readonly opening: bigint | null;
  readonly closing: bigint | null;
  readonly creditTotal: bigint | null;
  readonly debitTotal: bigint | null;
  readonly faults: readonly Violation[];
  readonly sha256: string;
  /** Of the accepted statement before it. */
  readonly previousClosing: bigint | null;
}

@Injectable()
export class ReadAccountSides {
  constructor(private readonly database: Database) {}

  /** The one that counts, else the last that is in quarantine. */
  async statementOn(accountId: string, date: string): Promise<StatementOn | null> {
    const [statement] = await this.database.query<StatementOn>(
      `SELECT s.state, s.opening, s.closing, s.credit_total AS "creditTotal", s.debit_total AS "debitTotal", s.faults, encode(f.sha256, 'hex') AS sha256,
         (SELECT p.closing FROM statement p WHERE p.account_id = $1 AND p.state = 'ACCEPTED' AND p.business_date < $2 ORDER BY p.business_date DESC LIMIT 1) AS "previousClosing"
       FROM statement s JOIN original_file f ON f.id = s.file_id
       WHERE s.account_id = $1 AND s.business_date = $2 AND s.state <> 'REPLACED' ORDER BY s.state, s.id DESC LIMIT 1`,
      [accountId, date],
    );
    return statement ?? null;
  }

  /**
   * Movements told by transfers, and for the central reserve the nets of settled sessions, beside the entries that name them, from the first statement to
   * the date: what is on one side only, or with another amount. The first, second, … of a reference and direction meet each other.
   */
  async outstanding(accountId: string, { date, isReserve }: { date: string; isReserve: boolean }): Promise<Outstanding[]> {
    const rows = await this.database.query<{ reference: string; occurrence: bigint; oursAmount: bigint | null; oursOn: string | null; theirsAmount: bigint | null; theirsOn: string | null }>(
      `WITH since AS (SELECT min(business_date) AS day FROM statement WHERE account_id = $1 AND state = 'ACCEPTED'),
       own AS (
         SELECT serial_number AS reference, amount, value_date AS day FROM transfer_movement WHERE account_id = $1 AND value_date <= $2
         UNION ALL
         SELECT clearing_house || ':' || clearing_date, net, (advanced_at AT TIME ZONE 'Asia/Shanghai')::date FROM clearing_session
         WHERE $3 AND state = 'SETTLED' AND settled_to = 'CENTRAL_RESERVE' AND net <> 0 AND (advanced_at AT TIME ZONE 'Asia/Shanghai')::date <= $2
       ),
       ours AS (SELECT reference, amount, day, amount > 0 AS is_credit, row_number() OVER (PARTITION BY reference, amount > 0 ORDER BY day, amount) AS occurrence
                FROM own WHERE day >= (SELECT day FROM since)),
       theirs AS (SELECT reference, amount, business_date AS day, amount > 0 AS is_credit,
                         row_number() OVER (PARTITION BY reference, amount > 0 ORDER BY business_date, entry_number) AS occurrence
                  FROM statement_entry WHERE account_id = $1 AND business_date <= $2 AND kind IN ('TRANSFER', 'SETTLEMENT', 'PAYOUT'))
       SELECT coalesce(o.reference, t.reference) AS reference, coalesce(o.occurrence, t.occurrence) AS occurrence, o.amount AS "oursAmount", o.day AS "oursOn",
              t.amount AS "theirsAmount", t.day AS "theirsOn"
       FROM ours o FULL JOIN theirs t ON t.reference = o.reference AND t.is_credit = o.is_credit AND t.occurrence = o.occurrence
       WHERE o.amount IS DISTINCT FROM t.amount ORDER BY 1, 2, 3, 5 LIMIT $4`,
      [accountId, date, isReserve, OUTSTANDING_MAX],
    );
    return rows.map(({ reference, occurrence, oursAmount, oursOn, theirsAmount, theirsOn }) => ({
      reference,
      occurrence: Number(occurrence),
      ours: oursAmount === null || oursOn === null ? null : { amount: oursAmount, date: oursOn },
      theirs: theirsAmount === null || theirsOn === null ? null : { amount: theirsAmount, date: theirsOn },
    }));
  }

  /** Those that two persons have explained are not asked about again. */
  async unknown(accountId: string, { check, date }: { check: string; date: string }): Promise<UnknownEntry[]> {
    return this.database.query<UnknownEntry>(
      `SELECT e.id, e.amount, e.bank_reference AS "bankReference", e.business_date AS "businessDate" FROM statement_entry e
       WHERE e.account_id = $1 AND e.rule_id IS NULL AND e.business_date <= $3 AND NOT EXISTS
         (SELECT FROM audit_break b WHERE b.check_code = $2 AND b.subject = $1::text AND b.evidence->>'entryId' = e.id::text AND b.state = 'REVIEWED')
       ORDER BY e.id LIMIT $4`,
      [accountId, check, date, OUTSTANDING_MAX],
    );
  }
}
