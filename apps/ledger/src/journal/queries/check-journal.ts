import { Injectable } from '@nestjs/common';
import { Database, type Queryable } from '@jinku/persistence';
import { batchRoot, chainHash, entryHash } from '../domain/entry-hash.ts';

const BATCHES_PER_READ = 50;
const FINDINGS_MAX = 100;

export interface ChainCheck {
  readonly checkedFrom: bigint;
  readonly checkedTo: bigint;
  readonly headSequence: bigint;
  /** The first batch that does not follow from what stands before it, and why; null when all of them do. */
  readonly broken: { readonly sequence: bigint; readonly why: string } | null;
}

interface BatchRow {
  sequence: bigint;
  id: bigint;
  booked_at: Date;
  entry_count: number;
  line_count: number;
  root: Buffer;
  hash: Buffer;
}

interface HashedRow {
  id: string;
  batch_id: bigint;
  unit: string;
  rule: string;
  reference: string;
  value_date: string;
  reverses: string | null;
  pending_id: string | null;
  description: string | null;
  lines: string | null;
  hash: Buffer;
}

@Injectable()
export class CheckJournal {
  constructor(private readonly database: Database) {}

  /** Recomputes every hash of the batches after `after`, at most `limit` of them. */
  async chain({ after, limit }: { after: bigint; limit: number }): Promise<ChainCheck> {
    const [head] = await this.database.query<{ sequence: bigint; hash: Buffer }>('SELECT sequence, hash FROM journal_head');
    const [start] = after === 0n ? [] : await this.database.query<{ hash: Buffer }>('SELECT hash FROM journal_batch WHERE sequence = $1', [after]);
    let previous = start?.hash ?? Buffer.alloc(32);
    let sequence = after;
    const end = after + BigInt(limit) < head!.sequence ? after + BigInt(limit) : head!.sequence;
    const answer = (why: string | null): ChainCheck => ({
      checkedFrom: after + 1n,
      checkedTo: sequence,
      headSequence: head!.sequence,
      broken: why === null ? null : { sequence: sequence + 1n, why },
    });
    while (sequence < end) {
      const batches = await this.database.query<BatchRow>(
        'SELECT sequence, id, booked_at, entry_count, line_count, root, hash FROM journal_batch WHERE sequence > $1 AND sequence <= $2 ORDER BY sequence LIMIT $3',
        [sequence, end, BATCHES_PER_READ],
      );
      const contents = await this.contents(batches.map((batch) => batch.id));
      if (batches.length === 0) return answer('a batch is missing');
      for (const batch of batches) {
        const why = whyBroken(batch, { sequence: sequence + 1n, previous, entries: contents.get(batch.id) ?? [] });
        if (why !== null) return answer(why);
        sequence = batch.sequence;
        previous = batch.hash;
      }
    }
    if (sequence === head!.sequence && !previous.equals(head!.hash)) return answer('the head does not follow from the last batch');
    const stray = await this.strayRows();
    return answer(stray ? 'entries or lines stand outside every batch' : null);
  }

  /** Where the balance of an account is not the sum of its lines, or a parent was posted to, or a parent's is not that of its children. */
  async controls(): Promise<{ accountCode: string; finding: string }[]> {
    return this.database.query(
      `WITH RECURSIVE tree AS (
         SELECT id AS root, id FROM internal_account UNION ALL SELECT t.root, a.id FROM internal_account a JOIN tree t ON a.parent_id = t.id
       ), lined AS (
         SELECT account_id, sum(amount) FILTER (WHERE amount > 0) AS debit, -sum(amount) FILTER (WHERE amount < 0) AS credit FROM journal_line GROUP BY account_id
       ), findings AS (
         SELECT a.code, 'the balance is not the sum of its lines' AS finding
         FROM internal_account a JOIN account_balance b ON b.account_id = a.id LEFT JOIN lined l ON l.account_id = a.id
         WHERE b.debit_total <> coalesce(l.debit, 0) OR b.credit_total <> coalesce(l.credit, 0)
         UNION ALL
         SELECT a.code, 'a parent account has lines' FROM internal_account a JOIN lined l ON l.account_id = a.id WHERE a.is_control
         UNION ALL
         SELECT a.code, 'the subledger does not make up the control account'
         FROM internal_account a JOIN tree t ON t.root = a.id LEFT JOIN account_balance b ON b.account_id = t.id LEFT JOIN lined l ON l.account_id = t.id
         WHERE a.is_control GROUP BY a.code
         HAVING coalesce(sum(b.debit_total - b.credit_total), 0) <> coalesce(sum(coalesce(l.debit, 0) - coalesce(l.credit, 0)), 0)
       )
       SELECT code AS "accountCode", finding FROM findings ORDER BY code LIMIT $1`,
      [FINDINGS_MAX],
    );
  }

  private async contents(batchIds: readonly bigint[]): Promise<Map<bigint, HashedRow[]>> {
    const rows = await readHashed(this.database, batchIds);
    return Map.groupBy(rows, (row) => row.batch_id);
  }

  private async strayRows(): Promise<boolean> {
    const [row] = await this.database.query<{ stray: boolean }>(
      `SELECT (SELECT count(*) FROM journal_entry) <> (SELECT coalesce(sum(entry_count), 0) FROM journal_batch)
           OR (SELECT count(*) FROM journal_line) <> (SELECT coalesce(sum(line_count), 0) FROM journal_batch) AS stray`,
    );
    return row?.stray === true;
  }
}

function readHashed(queryable: Queryable, batchIds: readonly bigint[]): Promise<HashedRow[]> {
  return queryable.query<HashedRow>(
    `SELECT e.batch_id, e.id, e.unit, e.rule, e.reference, e.value_date, e.reverses, e.pending_id, e.description, e.hash, l.lines
     FROM journal_entry e
     LEFT JOIN (SELECT batch_id, entry_number, string_agg(account_id || ':' || amount, ',' ORDER BY line_number) AS lines
                FROM journal_line WHERE batch_id = ANY ($1::bigint[]) GROUP BY batch_id, entry_number) l USING (batch_id, entry_number)
     WHERE e.batch_id = ANY ($1::bigint[]) ORDER BY e.batch_id, e.entry_number`,
    [batchIds],
  );
}

function whyBroken(batch: BatchRow, { sequence, previous, entries }: { sequence: bigint; previous: Buffer; entries: readonly HashedRow[] }): string | null {
  if (batch.sequence !== sequence) return 'a batch is missing';
  if (entries.length !== batch.entry_count) return 'an entry was removed or added';
  const isTrue = entries.every(
    (row) =>
      row.hash.toString('hex') ===
      entryHash({
        id: row.id,
        unit: row.unit,
        rule: row.rule,
        reference: row.reference,
        valueDate: row.value_date,
        reverses: row.reverses ?? '',
        pendingId: row.pending_id ?? '',
        lines: row.lines ?? '',
        description: row.description ?? '',
      }),
  );
  if (!isTrue) return 'an entry or its lines were changed';
  if (!batchRoot(entries.map((row) => row.hash)).equals(batch.root)) return 'the entries do not make up the root';
  if (!chainHash(previous, { root: batch.root, sequence, bookedAt: batch.booked_at }).equals(batch.hash)) return 'the batch does not follow from the one before';
  return null;
}
