import { Injectable } from '@nestjs/common';
import type { BusinessDate } from '@jinku/calendar';
import type { Queryable, Tx } from '@jinku/persistence';
import { policyOf, SHIPPED_POLICY, type QuotaPolicy, type QuotaPolicyText } from '../domain/quota-policy.ts';

export interface DatedPolicy {
  readonly version: number;
  readonly effectiveOn: string | null;
  readonly content: QuotaPolicyText;
}

@Injectable()
export class QuotaPolicyRepository {
  /** Appends a version; an earlier one for the same date is overruled, never rewritten. */
  async insert(tx: Tx, given: { effectiveOn: string; content: QuotaPolicyText; approvalId: string; decidedAt: Date }): Promise<void> {
    await tx.execute('INSERT INTO quota_policy (effective_on, content, approval_id, decided_at) VALUES ($1, $2, $3, $4)', [
      given.effectiveOn,
      JSON.stringify(given.content),
      given.approvalId,
      given.decidedAt,
    ]);
  }

  /** The policy of a business date: of those effective by then, the one decided last. */
  async inForce(database: Queryable, on: BusinessDate): Promise<QuotaPolicy> {
    const { version, content } = await this.datedOn(database, on);
    return policyOf(content, version);
  }

  async datedOn(database: Queryable, on: BusinessDate): Promise<DatedPolicy> {
    const [row] = await database.query<DatedPolicy>(
      `SELECT version, effective_on::text AS "effectiveOn", content FROM quota_policy WHERE effective_on <= $1 ORDER BY effective_on DESC, version DESC LIMIT 1`,
      [on],
    );
    return row ?? { version: 0, effectiveOn: null, content: SHIPPED_POLICY };
  }
}
