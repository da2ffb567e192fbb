import { Injectable } from '@nestjs/common';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import type { CheckCode, FoundBreak } from '../../check/domain/check-result.ts';
import { breakStates, type BreakEvent, type BreakState } from '../domain/break-state.ts';

export interface BreakRow {
  readonly id: string;
  readonly state: BreakState;
  readonly approvalId: string | null;
}

export interface BreakScope {
  readonly check: CheckCode;
  readonly subject: string;
  readonly scope: string;
  readonly businessDate: string;
}

export interface BreakNote {
  readonly event: BreakEvent | 'add' | 'assign' | 'comment';
  readonly personId: string | null;
  readonly note: string | null;
  readonly at: Date;
}

@Injectable()
export class BreakRepository {
  /** Adds what was found and is not open or explained already. */
  async insertFound(tx: Tx, { check, subject, scope, businessDate }: BreakScope, { found, at }: { found: readonly FoundBreak[]; at: Date }): Promise<void> {
    await tx.execute(
      `WITH added AS (
         INSERT INTO audit_break (check_code, subject, scope, business_date, state, found_at, id, break_key, kind, reference, amount, evidence)
         SELECT $1, $2, $3, $4, 'ADDED', $5, f.* FROM unnest($6::uuid[], $7::text[], $8::text[], $9::text[], $10::bigint[], $11::jsonb[]) AS f
         ON CONFLICT (check_code, break_key) WHERE state <> 'CLEARED' DO NOTHING RETURNING id
       )
       INSERT INTO audit_break_event (break_id, event, recorded_at) SELECT id, 'add', $5 FROM added ORDER BY id`,
      [
        ...[check, subject, scope, businessDate, at, found.map(() => uuidv7()).sort(), found.map(breakKeyOf), found.map(({ kind }) => kind)],
        ...[found.map(({ reference }) => reference), found.map(({ amount }) => amount), found.map(({ evidence }) => JSON.stringify(evidence))],
      ],
    );
  }

  /** Open breaks of the scope that a run did not find. */
  async lockVanished(tx: Tx, { check, scope }: BreakScope, found: readonly FoundBreak[]): Promise<BreakRow[]> {
    return tx.query<BreakRow>(
      `SELECT id, state, approval_id AS "approvalId" FROM audit_break
       WHERE check_code = $1 AND scope = $2 AND state = ANY ($3::text[]) AND NOT (break_key = ANY ($4::text[])) ORDER BY id FOR UPDATE`,
      [check, scope, breakStates.statesTaking('clear'), found.map(breakKeyOf)],
    );
  }

  async lock(tx: Tx, id: string): Promise<BreakRow | null> {
    const [row] = await tx.query<BreakRow>('SELECT id, state, approval_id AS "approvalId" FROM audit_break WHERE id = $1 FOR UPDATE', [id]);
    return row ?? null;
  }

  /** The row is locked. */
  async move(tx: Tx, { id, state, approvalId }: BreakRow, { event, ...note }: BreakNote & { readonly event: BreakEvent; readonly approvalId?: string }): Promise<BreakState> {
    const to = breakStates.next(state, event);
    const closedAt = breakStates.isFinal(to) ? note.at : null;
    await tx.execute('UPDATE audit_break SET state = $2, approval_id = $3, closed_at = $4 WHERE id = $1 AND state = $5', [id, to, note.approvalId ?? approvalId, closedAt, state]);
    await this.insertEvent(tx, id, { event, ...note });
    return to;
  }

  async assign(tx: Tx, id: string, owner: string): Promise<void> {
    await tx.execute('UPDATE audit_break SET owner = $2 WHERE id = $1', [id, owner]);
  }

  async insertEvent(tx: Tx, id: string, { event, personId, note, at }: BreakNote): Promise<void> {
    await tx.execute('INSERT INTO audit_break_event (break_id, event, person_id, note, recorded_at) VALUES ($1, $2, $3, $4, $5)', [id, event, personId, note, at]);
  }
}

/** A difference of another kind or amount is another break, which has to be explained anew. */
function breakKeyOf({ key, kind, amount }: FoundBreak): string {
  return `${key}:${kind}:${amount}`;
}
