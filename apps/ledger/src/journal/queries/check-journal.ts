import { Injectable } from '@nestjs/common';
import { Database } from '@jinku/persistence';
import type { ChainPlace } from '../domain/chain-link.ts';
import { ChainRepository } from '../persistence/chain.repository.ts';

const FINDINGS_MAX = 100;

export interface ChainCheck {
  readonly checkedFrom: bigint;
  readonly checkedTo: bigint;
  readonly headSequence: bigint;
  /** The first batch that does not follow from what stands before it, and why; null when all of them do. */
  readonly broken: { readonly sequence: bigint; readonly why: string } | null;
}

export interface ControlFinding {
  readonly accountCode: string;
  readonly finding: string;
}

@Injectable()
export class CheckJournal {
  constructor(
    private readonly database: Database,
    private readonly chainRepository: ChainRepository,
  ) {}

  /** Recomputes every hash of the batches after `after`, at most `limit` of them. */
  async chain({ after, limit }: { after: bigint; limit: number }): Promise<ChainCheck> {
    const head = await this.chainRepository.head(this.database);
    const end = after + BigInt(limit) < head.sequence ? after + BigInt(limit) : head.sequence;
    const start = await this.chainRepository.place(this.database, after);
    const answer = (place: { sequence: bigint }, broken: ChainCheck['broken']): ChainCheck => ({
      checkedFrom: after + 1n,
      checkedTo: place.sequence,
      headSequence: head.sequence,
      broken,
    });
    if (start === null) return answer({ sequence: after }, { sequence: after, why: 'a batch is missing' });
    let place: ChainPlace = start;
    do {
      const page = await this.chainRepository.verifyPage(this.database, { from: place, to: end, isHead: end === head.sequence });
      if (page.broken !== null) return answer(page.place, page.broken);
      place = page.place;
    } while (place.sequence < end);
    if (place.sequence !== head.sequence || place.hash.equals(head.hash)) return answer(place, null);
    return answer(place, { sequence: place.sequence + 1n, why: 'the head does not follow from the last batch' });
  }

  /**
   * Where an account's balance is not that of its last point, or its point at the watermark is not the sum of its verified lines, or a parent was
   * posted to, or a parent's is not that of its children. One look-up per account, whatever the length of the journal.
   */
  async controls(): Promise<ControlFinding[]> {
    return this.database.query<ControlFinding>(
      `WITH RECURSIVE tree AS (
         SELECT id AS root, id FROM internal_account UNION ALL SELECT t.root, a.id FROM internal_account a JOIN tree t ON a.parent_id = t.id
       ), figures AS MATERIALIZED (
         SELECT a.id, a.code, a.is_control, b.account_id IS NOT NULL AS has_balance,
                coalesce(b.debit_total, 0) AS debit, coalesce(b.credit_total, 0) AS credit,
                coalesce(last.debit_total, 0) AS last_debit, coalesce(last.credit_total, 0) AS last_credit,
                coalesce("then".debit_total, 0) AS then_debit, coalesce("then".credit_total, 0) AS then_credit,
                coalesce(v.debit_total, 0) AS lined_debit, coalesce(v.credit_total, 0) AS lined_credit
         FROM internal_account a CROSS JOIN journal_verification w
         LEFT JOIN account_balance b ON b.account_id = a.id
         LEFT JOIN verified_total v ON v.account_id = a.id
         LEFT JOIN LATERAL (SELECT debit_total, credit_total FROM balance_point p WHERE p.account_id = a.id ORDER BY p.sequence DESC LIMIT 1) last ON true
         LEFT JOIN LATERAL (SELECT debit_total, credit_total FROM balance_point p WHERE p.account_id = a.id AND p.sequence <= w.sequence ORDER BY p.sequence DESC LIMIT 1) "then" ON true
       ), findings AS (
         SELECT code, 'the balance is not the sum of its lines' AS finding FROM figures
         WHERE (debit, credit) <> (last_debit, last_credit) OR (then_debit, then_credit) <> (lined_debit, lined_credit)
         UNION ALL
         SELECT code, 'a parent account has lines' FROM figures WHERE is_control AND (has_balance OR last_debit + last_credit + lined_debit + lined_credit > 0)
         UNION ALL
         SELECT parent.code, 'the subledger does not make up the control account'
         FROM figures parent JOIN tree t ON t.root = parent.id JOIN figures child ON child.id = t.id
         WHERE parent.is_control GROUP BY parent.code HAVING sum(child.then_debit - child.then_credit) <> sum(child.lined_debit - child.lined_credit)
       )
       SELECT code AS "accountCode", finding FROM findings ORDER BY code, finding LIMIT $1`,
      [FINDINGS_MAX],
    );
  }
}
