import { Injectable } from '@nestjs/common';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import type { TransferRuleContent } from '../domain/transfer-rule.ts';

export interface RuleView {
  readonly id: string;
  readonly version: number;
  readonly content: TransferRuleContent;
  readonly makerId: string;
  readonly nextDueAt: string | null;
  /** Why its last judgement ordered nothing; null when it ordered. */
  readonly lastCode: string | null;
  readonly openOrderId: string | null;
}

export interface RuleVersionView {
  readonly version: number;
  readonly content: TransferRuleContent;
  readonly makerId: string;
  readonly checkerId: string;
  readonly reason: string;
  readonly inForceAt: string;
}

export interface RuleRunView {
  readonly id: string;
  readonly ruleVersion: number;
  readonly dueAt: string | null;
  readonly projected: string | null;
  readonly decision: string;
  readonly code: string | null;
  readonly orderId: string | null;
  readonly runAt: string;
}

export interface RuleFilter {
  readonly triggerKind?: 'SCHEDULE' | 'THRESHOLD' | undefined;
  readonly payerAccountId?: string | undefined;
  readonly isOn?: boolean | undefined;
  readonly sort: 'id' | '-id';
  readonly after?: string | undefined;
  readonly limit: number;
}

const SELECT = `SELECT r.id, r.version, r.content, r.maker_id AS "makerId", r.next_due_at AS "nextDueAt", r.last_code AS "lastCode",
  (SELECT o.id FROM transfer_order o WHERE o.rule_id = r.id AND o.state IN ('PROPOSED', 'RUNNING', 'STOPPED')) AS "openOrderId" FROM transfer_rule r`;

@Injectable()
export class ListTransferRules {
  constructor(private readonly database: Database) {}

  /** One rule more than the limit, so that the caller knows whether there is another page. */
  async execute(filter: RuleFilter): Promise<RuleView[]> {
    const [beyond, direction] = filter.sort === 'id' ? ['>', 'ASC'] : ['<', 'DESC'];
    const rows = await this.database.query<RuleView & { nextDueAt: Date | null }>(
      `${SELECT} WHERE ($1::text IS NULL OR r.trigger_kind = $1) AND ($2::uuid IS NULL OR r.payer_account_id = $2)
         AND ($3::boolean IS NULL OR (r.content->>'isOn')::boolean = $3) AND ($4::uuid IS NULL OR r.id ${beyond} $4) ORDER BY r.id ${direction} LIMIT $5`,
      [filter.triggerKind ?? null, filter.payerAccountId ?? null, filter.isOn ?? null, filter.after ?? null, filter.limit + 1],
    );
    return rows.map(viewOf);
  }

  async find(id: string): Promise<(RuleView & { readonly versions: readonly RuleVersionView[] }) | null> {
    const [row] = await this.database.query<RuleView & { nextDueAt: Date | null }>(`${SELECT} WHERE r.id = $1`, [id]);
    if (row === undefined) return null;
    const versions = await this.database.query<Omit<RuleVersionView, 'inForceAt'> & { inForceAt: Date }>(
      `SELECT version, content, maker_id AS "makerId", checker_id AS "checkerId", reason, in_force_at AS "inForceAt"
       FROM transfer_rule_version WHERE rule_id = $1 ORDER BY version DESC`,
      [id],
    );
    return { ...viewOf(row), versions: versions.map((version) => ({ ...version, inForceAt: version.inForceAt.toISOString() })) };
  }

  /** The newest first. */
  async runs(ruleId: string, { after, limit }: { after?: string | undefined; limit: number }): Promise<RuleRunView[]> {
    const rows = await this.database.query<Omit<RuleRunView, 'dueAt' | 'projected' | 'runAt'> & { dueAt: Date | null; projected: bigint | null; runAt: Date }>(
      `SELECT id, rule_version AS "ruleVersion", due_at AS "dueAt", projected, decision, code, order_id AS "orderId", run_at AS "runAt"
       FROM transfer_rule_run WHERE rule_id = $1 AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`,
      [ruleId, after ?? null, limit + 1],
    );
    return rows.map((row) => ({
      ...row,
      dueAt: row.dueAt?.toISOString() ?? null,
      projected: row.projected === null ? null : formatAmount(row.projected),
      runAt: row.runAt.toISOString(),
    }));
  }
}

function viewOf(row: Omit<RuleView, 'nextDueAt'> & { nextDueAt: Date | null }): RuleView {
  return { ...row, nextDueAt: row.nextDueAt?.toISOString() ?? null };
}
