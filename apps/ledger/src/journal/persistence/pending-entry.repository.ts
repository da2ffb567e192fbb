import { Injectable } from '@nestjs/common';
import type { Unit } from '@jinku/money';
import type { Queryable, Tx } from '@jinku/persistence';
import type { EntryDraft } from '../domain/journal-entry.ts';
import type { PendingEntryState } from '../domain/pending-entry-state.ts';

export interface PendingEntry extends Omit<EntryDraft, 'reverses' | 'pendingId'> {
  readonly state: PendingEntryState;
  readonly expiresAt: Date;
  /** The person who held it; null when an event did. */
  readonly heldBy: string | null;
}

interface PendingEntryRow {
  id: string;
  state: PendingEntryState;
  unit: Unit;
  rule: string;
  reference: string;
  value_date: string;
  description: string | null;
  lines: { account: string; amount: string }[];
  expires_at: Date;
  held_by: string | null;
}

const COLUMNS = 'id, state, unit, rule, reference, value_date, description, lines, expires_at, held_by';

@Injectable()
export class PendingEntryRepository {
  async insert(tx: Tx, entry: PendingEntry, createdAt: Date): Promise<void> {
    const lines = JSON.stringify(entry.lines.map((line) => ({ account: line.account, amount: line.amount.toString() })));
    await tx.execute(
      `INSERT INTO pending_entry (id, state, unit, rule, reference, value_date, description, lines, expires_at, created_at, held_by)
       VALUES ($1, 'PENDING', $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      [entry.id, entry.unit, entry.rule, entry.reference, entry.valueDate, entry.description ?? null, lines, entry.expiresAt, createdAt, entry.heldBy],
    );
  }

  async find(queryable: Queryable, id: string): Promise<PendingEntry | null> {
    const [row] = await queryable.query<PendingEntryRow>(`SELECT ${COLUMNS} FROM pending_entry WHERE id = $1`, [id]);
    return row === undefined ? null : pendingEntryOf(row);
  }

  /** By id, one more than the limit. */
  async list(queryable: Queryable, filter: { state?: PendingEntryState | undefined; reference?: string | undefined; after?: string | undefined; limit: number }): Promise<PendingEntry[]> {
    const rows = await queryable.query<PendingEntryRow>(
      `SELECT ${COLUMNS} FROM pending_entry
       WHERE ($1::text IS NULL OR state = $1) AND ($2::text IS NULL OR reference = $2) AND ($3::uuid IS NULL OR id > $3) ORDER BY id LIMIT $4`,
      [filter.state ?? null, filter.reference ?? null, filter.after ?? null, filter.limit + 1],
    );
    return rows.map(pendingEntryOf);
  }

  async lock(tx: Tx, id: string): Promise<PendingEntry | null> {
    const [row] = await tx.query<PendingEntryRow>(`SELECT ${COLUMNS} FROM pending_entry WHERE id = $1 FOR UPDATE`, [id]);
    return row === undefined ? null : pendingEntryOf(row);
  }

  /** Open entries whose time has passed; those that someone settles at this moment are left out. */
  async lockExpired(tx: Tx, at: Date, limit: number): Promise<PendingEntry[]> {
    const rows = await tx.query<PendingEntryRow>(
      `SELECT ${COLUMNS} FROM pending_entry WHERE state = 'PENDING' AND expires_at <= $1 ORDER BY expires_at LIMIT $2 FOR UPDATE SKIP LOCKED`,
      [at, limit],
    );
    return rows.map(pendingEntryOf);
  }

  /** False when another writer moved the entry first. */
  async move(tx: Tx, { id, from, to, at }: { id: string; from: PendingEntryState; to: PendingEntryState; at: Date }): Promise<boolean> {
    return (await tx.execute('UPDATE pending_entry SET state = $3, settled_at = $4 WHERE id = $1 AND state = $2', [id, from, to, at])) === 1;
  }
}

function pendingEntryOf(row: PendingEntryRow): PendingEntry {
  return {
    id: row.id,
    state: row.state,
    unit: row.unit,
    rule: row.rule,
    reference: row.reference,
    valueDate: row.value_date,
    lines: row.lines.map((line) => ({ account: line.account, amount: BigInt(line.amount) })),
    ...(row.description === null ? {} : { description: row.description }),
    expiresAt: row.expires_at,
    heldBy: row.held_by,
  };
}
