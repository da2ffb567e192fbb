import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';

export interface BalanceMonitor {
  readonly id: string;
  readonly accountCode: string;
  /** On the account's normal side. */
  readonly threshold: bigint;
  readonly createdBy: string;
}

const COLUMNS = 'm.id, a.code AS "accountCode", m.threshold, m.created_by AS "createdBy"';

@Injectable()
export class BalanceMonitorRepository {
  /** False when the account has a monitor at this threshold. */
  async insert(tx: Tx, monitor: { id: string; accountId: number; threshold: bigint; createdBy: string; createdAt: Date }): Promise<boolean> {
    const inserted = await tx.execute(
      'INSERT INTO balance_monitor (id, account_id, threshold, created_by, created_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (account_id, threshold) DO NOTHING',
      [monitor.id, monitor.accountId, monitor.threshold, monitor.createdBy, monitor.createdAt],
    );
    return inserted === 1;
  }

  async list(queryable: Queryable, { after, limit }: { after?: string | undefined; limit: number }): Promise<BalanceMonitor[]> {
    return queryable.query<BalanceMonitor>(
      `SELECT ${COLUMNS} FROM balance_monitor m JOIN internal_account a ON a.id = m.account_id WHERE ($1::uuid IS NULL OR m.id > $1) ORDER BY m.id LIMIT $2`,
      [after ?? null, limit + 1],
    );
  }

  async remove(tx: Tx, id: string): Promise<boolean> {
    return (await tx.execute('DELETE FROM balance_monitor WHERE id = $1', [id])) === 1;
  }
}
