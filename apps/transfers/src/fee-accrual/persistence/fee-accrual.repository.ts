import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';

@Injectable()
export class FeeAccrualRepository {
  /** Takes a report; one that is older than what is known changes nothing. */
  async follow(tx: Tx, given: { sequence: number; accruedMinor: bigint; asOf: Date }): Promise<void> {
    await tx.execute('UPDATE fee_accrual SET sequence = $1, accrued_total = $2, as_of = $3 WHERE sequence < $1', [given.sequence, given.accruedMinor, given.asOf]);
  }

  /** What is on record, with its lock: whoever orders fee income comes one after the other. */
  async lock(tx: Tx): Promise<bigint> {
    const [row] = await tx.query<{ accrued_total: bigint }>('SELECT accrued_total FROM fee_accrual FOR UPDATE');
    return row?.accrued_total ?? 0n;
  }
}
