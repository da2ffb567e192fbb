import type { Queryable, Tx } from '@jinku/persistence';
import { APPROVAL_REFUSALS, approvalStates, checkDecision, type Approval, type ApprovalEvent, type ApprovalState, type Decision } from './approval.ts';

interface ApprovalRow {
  id: string;
  kind: string;
  subject: string;
  payload: unknown;
  state: ApprovalState;
  maker_id: string;
  checker_id: string | null;
  reason: string;
  note: string | null;
  proposed_at: Date;
  expires_at: Date;
}

const COLUMNS = 'id, kind, subject, payload, state, maker_id, checker_id, reason, note, proposed_at, expires_at';

export type Proposal<P> = Pick<Approval<P>, 'id' | 'kind' | 'subject' | 'payload' | 'makerId' | 'reason' | 'proposedAt' | 'expiresAt'>;

/** Proposals and their decisions in the service's own schema. The caller carries an approved proposal out in the same transaction. */
export class Approvals {
  async propose<P>(tx: Tx, proposal: Proposal<P>): Promise<void> {
    await tx.execute(
      `INSERT INTO approval (id, kind, subject, payload, state, maker_id, reason, proposed_at, expires_at)
       VALUES ($1, $2, $3, $4, 'PROPOSED', $5, $6, $7, $8)`,
      [
        proposal.id,
        proposal.kind,
        proposal.subject,
        JSON.stringify(proposal.payload),
        proposal.makerId,
        proposal.reason,
        proposal.proposedAt,
        proposal.expiresAt,
      ],
    );
  }

  approve<P>(tx: Tx, id: string, decision: Decision): Promise<Approval<P>> {
    return this.#decide<P>(tx, id, 'approve', decision);
  }

  reject<P>(tx: Tx, id: string, decision: Decision): Promise<Approval<P>> {
    return this.#decide<P>(tx, id, 'reject', decision);
  }

  withdraw<P>(tx: Tx, id: string, decision: Decision): Promise<Approval<P>> {
    return this.#decide<P>(tx, id, 'withdraw', decision);
  }

  async find<P>(database: Queryable, id: string): Promise<Approval<P> | null> {
    const [row] = await database.query<ApprovalRow>(`SELECT ${COLUMNS} FROM approval WHERE id = $1`, [id]);
    return row === undefined ? null : approvalOf<P>(row);
  }

  async #decide<P>(tx: Tx, id: string, event: Exclude<ApprovalEvent, 'expire'>, decision: Decision): Promise<Approval<P>> {
    const [row] = await tx.query<ApprovalRow>(`SELECT ${COLUMNS} FROM approval WHERE id = $1 FOR UPDATE`, [id]);
    if (row === undefined) throw APPROVAL_REFUSALS.APPROVAL_NOT_FOUND();
    const approval = approvalOf<P>(row);
    checkDecision(approval, event, decision);
    const state = approvalStates.next(approval.state, event);
    await tx.execute('UPDATE approval SET state = $2, checker_id = $3, note = $4, decided_at = $5 WHERE id = $1', [
      id,
      state,
      decision.personId,
      decision.note ?? null,
      decision.at,
    ]);
    return { ...approval, state, checkerId: decision.personId, note: decision.note ?? null };
  }
}

function approvalOf<P>(row: ApprovalRow): Approval<P> {
  return {
    id: row.id,
    kind: row.kind,
    subject: row.subject,
    payload: row.payload as P,
    state: row.state,
    makerId: row.maker_id,
    checkerId: row.checker_id,
    reason: row.reason,
    note: row.note,
    proposedAt: row.proposed_at,
    expiresAt: row.expires_at,
  };
}
