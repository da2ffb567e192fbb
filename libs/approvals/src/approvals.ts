import { invariant } from '@jinku/errors';
import type { Database, Queryable, Tx } from '@jinku/persistence';
import {
  APPROVAL_REFUSALS,
  checkDecision,
  stateAfter,
  STEPS_MAX,
  type Approval,
  type ApprovalEvent,
  type ApprovalState,
  type Decision,
  type PersonalEvent,
  type RecordedDecision,
} from './approval.ts';

const COLUMNS = `id, kind, subject, payload, state, maker_id AS "makerId", steps_required AS "stepsRequired", steps_done AS "stepsDone",
  checker_id AS "checkerId", reason, note, proposed_at AS "proposedAt", expires_at AS "expiresAt", decided_at AS "decidedAt"`;
const EXPIRED_AT_ONCE_MAX = 100;

export type Proposal<P> = Pick<Approval<P>, 'id' | 'kind' | 'subject' | 'payload' | 'makerId' | 'reason' | 'proposedAt' | 'expiresAt'> &
  Partial<Pick<Approval, 'stepsRequired'>>;

export interface ApprovalFilter {
  /** Each kind, unless some are named. */
  readonly kinds?: readonly string[] | undefined;
  readonly state?: ApprovalState | undefined;
  readonly subject?: string | undefined;
  /** The id after which the page begins. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Proposals and their decisions in the service's own schema. The caller carries an approved proposal out in the same transaction. */
export class Approvals {
  /** One step unless `stepsRequired` says two or three. */
  async propose<P>(tx: Tx, { stepsRequired = 1, ...proposal }: Proposal<P>): Promise<void> {
    invariant(Number.isInteger(stepsRequired) && stepsRequired >= 1 && stepsRequired <= STEPS_MAX, `a proposal has 1 to ${STEPS_MAX} steps`);
    await tx.execute(
      `INSERT INTO approval (id, kind, subject, payload, state, maker_id, reason, proposed_at, expires_at, steps_required)
       VALUES ($1, $2, $3, $4, 'PROPOSED', $5, $6, $7, $8, $9)`,
      [
        proposal.id,
        proposal.kind,
        proposal.subject,
        JSON.stringify(proposal.payload),
        proposal.makerId,
        proposal.reason,
        proposal.proposedAt,
        proposal.expiresAt,
        stepsRequired,
      ],
    );
  }

  /** The proposal as it stands then: APPROVED after the last step, and to be carried out; PROPOSED while another person has to agree. */
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
    const [approval] = await database.query<Approval<P>>(`SELECT ${COLUMNS} FROM approval WHERE id = $1`, [id]);
    return approval ?? null;
  }

  /** In the order of their decisions; empty while nobody has decided. */
  async history(database: Queryable, id: string): Promise<RecordedDecision[]> {
    return database.query<RecordedDecision>(
      `SELECT number, event, person_id AS "personId", note, decided_at AS "decidedAt" FROM approval_decision WHERE approval_id = $1 ORDER BY number`,
      [id],
    );
  }

  /** By id, one more than the limit, which tells whether there is a next page. */
  async list<P>(database: Queryable, { kinds, state, subject, after, limit }: ApprovalFilter): Promise<Approval<P>[]> {
    return database.query<Approval<P>>(
      `SELECT ${COLUMNS} FROM approval
       WHERE ($1::text[] IS NULL OR kind = ANY ($1)) AND ($2::text IS NULL OR state = $2) AND ($3::text IS NULL OR subject = $3) AND ($4::uuid IS NULL OR id > $4)
       ORDER BY id LIMIT $5`,
      [kinds ?? null, state ?? null, subject ?? null, after ?? null, limit + 1],
    );
  }

  /**
   * Ends every open proposal whose time has passed, a few in each transaction; `onExpired` tells and audits it in the same one. One that somebody
   * decides at this moment is left to them, and refused to them by its time. Returns how many it ended.
   */
  async expireLate(database: Database, { at, onExpired }: { at: Date; onExpired: (tx: Tx, approval: Approval) => Promise<void> }): Promise<number> {
    for (let ended = 0; ; ) {
      const few = await database.transaction(async (tx) => {
        const late = await tx.query<Approval>(
          `SELECT ${COLUMNS} FROM approval WHERE state = 'PROPOSED' AND expires_at <= $1 ORDER BY expires_at, id LIMIT $2 FOR UPDATE SKIP LOCKED`,
          [at, EXPIRED_AT_ONCE_MAX],
        );
        for (const approval of late) await onExpired(tx, await this.#move(tx, approval, { event: 'expire', personId: null, at }));
        return late.length;
      });
      ended += few;
      if (few < EXPIRED_AT_ONCE_MAX) return ended;
    }
  }

  /** Ends an open proposal that events have overtaken, without any person: `note` says how. Null when somebody has decided it already. */
  async overtake<P>(tx: Tx, id: string, { note, at }: { note: string; at: Date }): Promise<Approval<P> | null> {
    const [approval] = await tx.query<Approval<P>>(`SELECT ${COLUMNS} FROM approval WHERE id = $1 AND state = 'PROPOSED' FOR UPDATE`, [id]);
    return approval === undefined ? null : this.#move<P>(tx, approval, { event: 'expire', personId: null, note, at });
  }

  async #decide<P>(tx: Tx, id: string, event: PersonalEvent, decision: Decision): Promise<Approval<P>> {
    const [approval] = await tx.query<Approval<P>>(`SELECT ${COLUMNS} FROM approval WHERE id = $1 FOR UPDATE`, [id]);
    if (approval === undefined) throw APPROVAL_REFUSALS.APPROVAL_NOT_FOUND();
    const deciders = approval.stepsDone === 0 ? [] : (await this.history(tx, id)).flatMap(({ personId }) => personId ?? []);
    checkDecision(approval, event, { decision, deciders });
    return this.#move<P>(tx, approval, { event, personId: decision.personId, note: decision.note ?? null, at: decision.at });
  }

  /** The row of the approval is locked. */
  async #move<P>(
    tx: Tx,
    approval: Approval<P>,
    { event, personId, note = null, at }: { event: ApprovalEvent; personId: string | null; note?: string | null; at: Date },
  ): Promise<Approval<P>> {
    const state = stateAfter(approval, event);
    const stepsDone = approval.stepsDone + (event === 'approve' ? 1 : 0);
    const decidedAt = state === 'PROPOSED' ? null : at;
    await tx.execute(
      `INSERT INTO approval_decision (approval_id, number, event, maker_id, person_id, note, decided_at) VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [approval.id, approval.stepsDone + 1, event, approval.makerId, personId, note, at],
    );
    await tx.execute('UPDATE approval SET state = $2, steps_done = $3, checker_id = $4, note = $5, decided_at = $6 WHERE id = $1', [
      approval.id,
      state,
      stepsDone,
      personId,
      note,
      decidedAt,
    ]);
    return { ...approval, state, stepsDone, checkerId: personId, note, decidedAt };
  }
}
