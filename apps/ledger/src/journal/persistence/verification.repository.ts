import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import type { ChainPlace } from '../domain/chain-link.ts';

/** How far the chain has been verified in the present pass. */
export interface Verification extends ChainPlace {
  readonly passStartedAt: Date;
  readonly verifiedAt: Date;
  readonly brokenSequence: bigint | null;
  readonly brokenWhy: string | null;
}

const COLUMNS = `sequence, hash, pass_started_at AS "passStartedAt", verified_at AS "verifiedAt", broken_sequence AS "brokenSequence", broken_why AS "brokenWhy"`;

@Injectable()
export class VerificationRepository {
  async find(queryable: Queryable): Promise<Verification | null> {
    const [row] = await queryable.query<Verification>(`SELECT ${COLUMNS} FROM journal_verification`);
    return row ?? null;
  }

  /** Null while another replica verifies. */
  async lock(tx: Tx): Promise<Verification | null> {
    const [row] = await tx.query<Verification>(`SELECT ${COLUMNS} FROM journal_verification FOR UPDATE SKIP LOCKED`);
    return row ?? null;
  }

  /** Begins at the first batch again, with totals of zero. */
  async beginPass(tx: Tx, { at, start }: { at: Date; start: ChainPlace }): Promise<void> {
    await tx.execute('DELETE FROM verified_total');
    await tx.execute(
      'UPDATE journal_verification SET sequence = $1, hash = $2, pass_started_at = $3, verified_at = $3, broken_sequence = NULL, broken_why = NULL',
      [start.sequence, start.hash, at],
    );
  }

  /** The batches hold: their lines are added to the totals that stand beside the watermark. */
  async advance(tx: Tx, { place, batchIds, at }: { place: ChainPlace; batchIds: readonly bigint[]; at: Date }): Promise<void> {
    await tx.execute(
      `INSERT INTO verified_total AS v (account_id, debit_total, credit_total)
       SELECT account_id, sum(greatest(amount, 0)), sum(greatest(-amount, 0)) FROM journal_line WHERE batch_id = ANY ($1::bigint[]) GROUP BY account_id
       ON CONFLICT (account_id) DO UPDATE SET debit_total = v.debit_total + excluded.debit_total, credit_total = v.credit_total + excluded.credit_total`,
      [batchIds],
    );
    await tx.execute('UPDATE journal_verification SET sequence = $1, hash = $2, verified_at = $3, broken_sequence = NULL, broken_why = NULL', [
      place.sequence,
      place.hash,
      at,
    ]);
  }

  async markBroken(tx: Tx, { sequence, why, at }: { sequence: bigint; why: string; at: Date }): Promise<void> {
    await tx.execute('UPDATE journal_verification SET broken_sequence = $1, broken_why = $2, verified_at = $3', [sequence, why, at]);
  }
}
