import { Injectable } from '@nestjs/common';
import { Refusal } from '@jinku/errors';
import { constraintOf, type Queryable, type Tx } from '@jinku/persistence';
import type { Unit } from '@jinku/money';
import type { InternalAccount } from '../../internal-account/domain/internal-account.ts';
import { accountOf, type AccountDeltas } from '../domain/account-deltas.ts';
import { batchRoot, entryHash } from '../domain/entry-hash.ts';
import type { EntryDraft, Line } from '../domain/journal-entry.ts';
import { LEDGER_REFUSALS } from '../domain/journal-refusals.ts';

export interface Crossing {
  readonly monitorId: string;
  readonly accountCode: string;
  readonly threshold: string;
  readonly balance: string;
  readonly direction: 'ABOVE' | 'BELOW';
}

export interface ClosedBatch {
  readonly sequence: bigint;
  readonly bookedAt: Date;
  readonly crossings: readonly Crossing[];
}

const HASH_BYTES = 32;

@Injectable()
export class JournalRepository {
  /** Writes a batch: one statement for the entries, one for the lines, and last the one that chains it and moves the balances. */
  async insertBatch(
    tx: Tx,
    entries: readonly EntryDraft[],
    { chart, deltas, released, at }: { chart: ReadonlyMap<string, InternalAccount>; deltas: AccountDeltas; released: AccountDeltas; at: Date },
  ): Promise<ClosedBatch> {
    const { hashes, lines } = columnsOf(entries, chart);
    const hashBytes = Buffer.from(hashes.join(''), 'hex');
    await tx.execute(
      `WITH batch AS MATERIALIZED (SELECT nextval('journal_batch_id') AS id)
       INSERT INTO journal_entry (batch_id, entry_number, id, value_date, reverses, pending_id, unit, rule, reference, description, hash)
       SELECT batch.id, generate_series(1, cardinality($1::uuid[])), unnest($1::uuid[]), unnest($2::date[]), unnest($3::uuid[]), unnest($4::uuid[]),
         unnest($5::text[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]), unnest($9::bytea[])
       FROM batch`,
      [
        entries.map((entry) => entry.id),
        entries.map((entry) => entry.valueDate),
        entries.map((entry) => entry.reverses),
        entries.map((entry) => entry.pendingId),
        entries.map((entry) => entry.unit),
        entries.map((entry) => entry.rule),
        entries.map((entry) => entry.reference),
        entries.map((entry) => (entry.description === '' ? null : entry.description)),
        entries.map((_, index) => hashBytes.subarray(index * HASH_BYTES, (index + 1) * HASH_BYTES)),
      ],
    );
    await tx.execute(
      `INSERT INTO journal_line (batch_id, entry_number, line_number, account_id, amount)
       SELECT (SELECT currval('journal_batch_id')), unnest($1::integer[]), unnest($2::smallint[]), unnest($3::integer[]), unnest($4::bigint[])`,
      [lines.entry, lines.number, lines.account, lines.amount],
    );
    const [closed] = await tx.query<{ sequence: bigint; booked_at: Date; crossings: Crossing[] | null }>(
      'SELECT sequence, booked_at, crossings FROM close_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)',
      [
        at,
        batchRoot([hashBytes]),
        entries.length,
        lines.entry.length,
        ...deltaTexts(deltas),
        ...deltaTexts(released),
      ],
    );
    return { sequence: closed!.sequence, bookedAt: closed!.booked_at, crossings: closed!.crossings ?? [] };
  }

  /** Holds, or with negative figures gives back, what pending entries will move. */
  async changeHolds(tx: Tx, deltas: AccountDeltas): Promise<void> {
    await tx.execute('SELECT change_holds($1, $2, $3)', deltaTexts(deltas));
  }

  async find(queryable: Queryable, id: string): Promise<(EntryDraft & { bookedAt: Date; sequence: bigint }) | null> {
    const [entry] = await this.readEntries(queryable, 'e.id = $1', [id]);
    return entry ?? null;
  }

  async listByReference(queryable: Queryable, { reference, after, limit }: { reference: string; after?: string | undefined; limit: number }): Promise<(EntryDraft & { bookedAt: Date; sequence: bigint })[]> {
    return this.readEntries(queryable, 'e.reference = $1 AND ($2::uuid IS NULL OR e.id > $2) ORDER BY e.id LIMIT $3', [reference, after ?? null, limit + 1]);
  }

  private async readEntries(queryable: Queryable, condition: string, parameters: readonly unknown[]): Promise<(EntryDraft & { bookedAt: Date; sequence: bigint })[]> {
    const rows = await queryable.query<EntryRow>(
      `SELECT e.id, e.unit, e.rule, e.reference, e.value_date, e.reverses, e.pending_id, e.description, b.booked_at, b.sequence,
              (SELECT jsonb_agg(jsonb_build_object('account', a.code, 'amount', l.amount::text) ORDER BY l.line_number)
               FROM journal_line l JOIN internal_account a ON a.id = l.account_id WHERE l.batch_id = e.batch_id AND l.entry_number = e.entry_number) AS lines
       FROM journal_entry e JOIN journal_batch b ON b.id = e.batch_id WHERE ${condition}`,
      parameters,
    );
    return rows.map(entryOf);
  }
}

interface EntryRow {
  id: string;
  unit: Unit;
  rule: string;
  reference: string;
  value_date: string;
  reverses: string | null;
  pending_id: string | null;
  description: string | null;
  booked_at: Date;
  sequence: bigint;
  lines: { account: string; amount: string }[];
}

function entryOf(row: EntryRow): EntryDraft & { bookedAt: Date; sequence: bigint } {
  return {
    id: row.id,
    unit: row.unit,
    rule: row.rule,
    reference: row.reference,
    valueDate: row.value_date,
    lines: row.lines.map((line): Line => ({ account: line.account, amount: BigInt(line.amount) })),
    ...(row.reverses === null ? {} : { reverses: row.reverses }),
    ...(row.pending_id === null ? {} : { pendingId: row.pending_id }),
    ...(row.description === null ? {} : { description: row.description }),
    bookedAt: row.booked_at,
    sequence: row.sequence,
  };
}

/** Numbers, dates and uuids need no quoting; the driver would look at each character. */
function arrayText(values: readonly (string | number | bigint)[]): string {
  return `{${values.join(',')}}`;
}

function deltaTexts(deltas: AccountDeltas): string[] {
  return [arrayText(deltas.accounts), arrayText(deltas.debits), arrayText(deltas.credits)];
}

const RULE_REFUSALS = {
  FROZEN: LEDGER_REFUSALS.ACCOUNT_FROZEN,
  CLOSED: LEDGER_REFUSALS.ACCOUNT_CLOSED,
  OVERDRAWN: LEDGER_REFUSALS.ACCOUNT_OVERDRAWN,
  ABOVE_MAXIMUM: LEDGER_REFUSALS.ACCOUNT_ABOVE_MAXIMUM,
};

/** The refusal that an error of the database stands for, or null. The function raises its rule's name as the message, under its own SQLSTATE. */
export function refusalOf(error: unknown): Refusal | null {
  if (error instanceof Refusal) return error;
  if (constraintOf(error) === 'journal_entry_reverses_key') return LEDGER_REFUSALS.ENTRY_REVERSED_ALREADY();
  if (constraintOf(error) !== 'account_rule') return null;
  const { message, detail } = error as { message: keyof typeof RULE_REFUSALS; detail?: string };
  return RULE_REFUSALS[message]({ detail: `Account ${detail}: ${RULE_REFUSALS[message]().sentence}`, cause: error });
}

interface LineColumns {
  readonly entry: number[];
  readonly number: number[];
  readonly account: number[];
  readonly amount: bigint[];
}

/** The lines of all entries as columns, and each entry's hash over its content and lines. */
function columnsOf(entries: readonly EntryDraft[], chart: ReadonlyMap<string, InternalAccount>): { hashes: string[]; lines: LineColumns } {
  const lines: LineColumns = { entry: [], number: [], account: [], amount: [] };
  const hashes = entries.map((entry, index) => {
    const texts = entry.lines.map((line, position) => {
      const { id } = accountOf(chart, line.account);
      lines.entry.push(index + 1);
      lines.number.push(position + 1);
      lines.account.push(id);
      lines.amount.push(line.amount);
      return `${id}:${line.amount}`;
    });
    return entryHash({
      ...entry,
      reverses: entry.reverses ?? '',
      pendingId: entry.pendingId ?? '',
      lines: texts.join(','),
      description: entry.description ?? '',
    });
  });
  return { hashes, lines };
}
