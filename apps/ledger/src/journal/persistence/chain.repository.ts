import { Injectable } from '@nestjs/common';
import type { Queryable } from '@jinku/persistence';
import { CHAIN_START, whyBroken, type ChainedBatch, type ChainedEntry, type ChainPlace } from '../domain/chain-link.ts';

/** What one page reads at most, whichever comes first; the first batch is always read whole. */
const BATCHES_PER_PAGE_MAX = 200;
const ENTRIES_PER_PAGE_MAX = 10_000;
const SEQUENCE_MAX = 2n ** 63n - 1n;

export interface ChainPage {
  /** The last batch that holds. */
  readonly place: ChainPlace;
  readonly batchIds: readonly bigint[];
  readonly broken: { readonly sequence: bigint; readonly why: string } | null;
}

/** The chain, read a page at a time in statements of milliseconds: a journal of any length is verified without holding anything. */
@Injectable()
export class ChainRepository {
  async head(queryable: Queryable): Promise<ChainPlace> {
    const [head] = await queryable.query<ChainPlace>('SELECT sequence, hash FROM journal_head');
    return head ?? CHAIN_START;
  }

  /** Null when there is no such batch. */
  async place(queryable: Queryable, sequence: bigint): Promise<ChainPlace | null> {
    if (sequence === 0n) return CHAIN_START;
    const [place] = await queryable.query<ChainPlace>('SELECT sequence, hash FROM journal_batch WHERE sequence = $1', [sequence]);
    return place ?? null;
  }

  /** Recomputes the batches that follow `from`, up to the sequence `to`, as many as fit in a page. */
  async verifyPage(queryable: Queryable, { from, to, isHead }: { from: ChainPlace; to: bigint; isHead: boolean }): Promise<ChainPage> {
    const batches = await this.batches(queryable, { after: from.sequence, to });
    if (batches.length === 0 && from.sequence < to) return brokenAfter(from, 'a batch is missing');
    const entries = Map.groupBy(await this.entries(queryable, batches.map((batch) => batch.id)), (row) => row.batch_id);
    let place = from;
    for (const batch of batches) {
      const why = whyBroken(batch, { previous: place, entries: entries.get(batch.id) ?? [] });
      if (why !== null) return brokenAfter(place, why);
      place = { sequence: batch.sequence, hash: batch.hash };
    }
    const reachesHead = isHead && place.sequence === to;
    if (await this.hasStrayRows(queryable, { from: from.sequence, to: place.sequence, reachesHead })) return brokenAfter(place, 'entries or lines stand outside every batch');
    return { place, batchIds: batches.map((batch) => batch.id), broken: null };
  }

  private async batches(queryable: Queryable, { after, to }: { after: bigint; to: bigint }): Promise<ChainedBatch[]> {
    const batches = await queryable.query<ChainedBatch>(
      'SELECT sequence, id, booked_at, entry_count, root, hash FROM journal_batch WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence LIMIT $3',
      [after, to, BATCHES_PER_PAGE_MAX],
    );
    let entries = 0;
    const fitting = batches.findIndex((batch, index) => (entries += batch.entry_count) > ENTRIES_PER_PAGE_MAX && index > 0);
    return fitting === -1 ? batches : batches.slice(0, fitting);
  }

  private entries(queryable: Queryable, batchIds: readonly bigint[]): Promise<ChainedEntry[]> {
    return queryable.query<ChainedEntry>(
      `SELECT e.batch_id, e.id, e.unit, e.rule, e.reference, e.value_date, e.reverses, e.pending_id, e.description, e.hash, l.lines
       FROM journal_entry e
       LEFT JOIN (SELECT batch_id, entry_number, string_agg(account_id || ':' || amount, ',' ORDER BY line_number) AS lines
                  FROM journal_line WHERE batch_id = ANY ($1::bigint[]) GROUP BY batch_id, entry_number) l USING (batch_id, entry_number)
       WHERE e.batch_id = ANY ($1::bigint[]) ORDER BY e.batch_id, e.entry_number`,
      [batchIds],
    );
  }

  /**
   * Ids of batches grow with their sequence but for those that were written side by side, so the ids from the last batch of the page before to the
   * largest of this page leave no gap between pages; at the head, and at the first batch, the range is open.
   */
  private async hasStrayRows(queryable: Queryable, { from, to, reachesHead }: { from: bigint; to: bigint; reachesHead: boolean }): Promise<boolean> {
    const [row] = await queryable.query<{ stray: boolean }>(
      `WITH range AS MATERIALIZED (
         SELECT CASE WHEN $1 = 0 THEN -$4::bigint ELSE min(id) END AS low, CASE WHEN $3 THEN $4::bigint ELSE max(id) END AS high
         FROM journal_batch WHERE sequence BETWEEN $1 AND $2
       )
       SELECT EXISTS (SELECT 1 FROM range JOIN journal_entry e ON e.batch_id BETWEEN range.low AND range.high
                      WHERE NOT EXISTS (SELECT 1 FROM journal_batch b WHERE b.id = e.batch_id))
           OR EXISTS (SELECT 1 FROM (SELECT l.batch_id, count(*) AS line_count FROM range JOIN journal_line l ON l.batch_id BETWEEN range.low AND range.high GROUP BY l.batch_id) l
                      LEFT JOIN journal_batch b ON b.id = l.batch_id WHERE b.line_count IS DISTINCT FROM l.line_count) AS stray`,
      [from, to, reachesHead, SEQUENCE_MAX],
    );
    return row?.stray === true;
  }
}

function brokenAfter(place: ChainPlace, why: string): ChainPage {
  return { place, batchIds: [], broken: { sequence: place.sequence + 1n, why } };
}
