import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Approvals, type Approval } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import type { AttemptConclusion } from '@jinku/contracts';
import { Database, type Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { PAYOUT_REFUSALS } from '../../payout/domain/payout-refusals.ts';
import { PayoutRepository } from '../../payout/persistence/payout.repository.ts';
import { OVERTAKEN_NOTE, RESOLUTION_KIND, RESOLUTION_OPEN_MS, resolutionSubject, type Resolution } from '../domain/resolution.ts';
import { AttemptRepository } from '../persistence/attempt.repository.ts';
import { ResolutionRepository } from '../persistence/resolution.repository.ts';
import { RecordOutcomes } from './record-outcomes.ts';

export interface ProposeResolution {
  readonly payoutId: string;
  readonly conclusion: AttemptConclusion;
  readonly evidence: string;
  readonly reason: string;
  readonly actor: Actor;
}

export interface DecideResolution {
  readonly payoutId: string;
  readonly resolutionId: string;
  readonly actor: Actor;
  readonly reason: string;
}

const ENDED_MAX = 500;

/**
 * Where the rail gives no definite answer, two persons decide what an attempt came to: one proposes with evidence, another approves. The rail's own
 * answer, whenever it comes, goes before what they proposed.
 */
@Injectable()
export class ResolveAttempt {
  constructor(
    private readonly database: Database,
    private readonly attempts: AttemptRepository,
    private readonly payouts: PayoutRepository,
    private readonly approvals: Approvals,
    private readonly resolutions: ResolutionRepository,
    private readonly record: RecordOutcomes,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async propose(tx: Tx, { payoutId, conclusion, evidence, reason, actor }: ProposeResolution): Promise<{ resolutionId: string }> {
    const attempt = await this.attempts.lockOpenOfPayout(tx, payoutId);
    if (attempt === null && (await this.payouts.stateOf(tx, payoutId)) === null) throw PAYOUT_REFUSALS.PAYOUT_NOT_FOUND();
    // While the sender waits for its answer there is nothing to decide.
    if (attempt === null || attempt.isWaited) throw PAYOUT_REFUSALS.ATTEMPT_NOT_UNKNOWN();
    // Until then the house may execute it yet, whatever anybody found out before.
    if (conclusion === 'FAILED' && attempt.validUntil.getTime() > this.clock.wallNow()) throw PAYOUT_REFUSALS.ATTEMPT_STILL_VALID();
    const resolutionId = randomUUIDv7();
    const proposedAt = this.clock.now();
    const payload: Resolution = { payoutId, serialNumber: attempt.serialNumber, conclusion, evidence };
    const expiresAt = new Date(proposedAt.getTime() + RESOLUTION_OPEN_MS);
    const subject = resolutionSubject(payoutId);
    await this.approvals.propose(tx, { id: resolutionId, kind: RESOLUTION_KIND, subject, payload, makerId: actor.id, reason, proposedAt, expiresAt });
    await this.audit.record(tx, { actor, action: 'payouts.propose-resolution', subject, reason, after: payload });
    return { resolutionId };
  }

  /** Takes effect at once. */
  async approve(tx: Tx, given: DecideResolution): Promise<{ resolutionId: string; state: 'APPROVED' }> {
    const { payload: resolution, makerId } = await this.#standing(tx, given);
    await this.approvals.approve(tx, given.resolutionId, this.#decision(given));
    await this.#audit(tx, given, { action: 'payouts.approve-resolution', after: { ...resolution, proposedBy: makerId } });
    await this.#conclude(tx, resolution);
    return { resolutionId: given.resolutionId, state: 'APPROVED' };
  }

  /** Another person finds the evidence wanting; the attempt stays open. */
  async reject(tx: Tx, given: DecideResolution): Promise<{ resolutionId: string; state: 'REJECTED' }> {
    await this.#standing(tx, given);
    await this.approvals.reject(tx, given.resolutionId, this.#decision(given));
    await this.#audit(tx, given, { action: 'payouts.reject-resolution' });
    return { resolutionId: given.resolutionId, state: 'REJECTED' };
  }

  /** The person who proposed it takes it back. */
  async withdraw(tx: Tx, given: DecideResolution): Promise<{ resolutionId: string; state: 'WITHDRAWN' }> {
    await this.#standing(tx, given);
    await this.approvals.withdraw(tx, given.resolutionId, this.#decision(given));
    await this.#audit(tx, given, { action: 'payouts.withdraw-resolution' });
    return { resolutionId: given.resolutionId, state: 'WITHDRAWN' };
  }

  /** Ends open proposals that the rail has overtaken, or that nobody decided in time; answers how many, ask again until none is. */
  async endVoid(): Promise<number> {
    const at = this.clock.now();
    const overtaken = await this.database.transaction((tx) => this.#endOvertaken(tx, at));
    const late = await this.approvals.expireLate(this.database, {
      at,
      onExpired: (tx, { kind, subject, payload }) => this.audit.record(tx, { actor: null, action: `${kind}.expire`, subject, before: payload }),
    });
    return overtaken + late;
  }

  async #endOvertaken(tx: Tx, at: Date): Promise<number> {
    const ids = await this.resolutions.lockOvertaken(tx, ENDED_MAX);
    for (const id of ids) {
      const ended = await this.approvals.overtake<Resolution>(tx, id, { note: OVERTAKEN_NOTE, at });
      if (ended === null) continue;
      const before = { resolutionId: id, ...ended.payload };
      await this.audit.record(tx, { actor: null, action: 'payouts.overtake-resolution', subject: ended.subject, before });
    }
    return ids.length;
  }

  async #standing(tx: Tx, { payoutId, resolutionId }: DecideResolution): Promise<Approval<Resolution>> {
    const approval = await this.approvals.find<Resolution>(tx, resolutionId);
    if (approval?.kind !== RESOLUTION_KIND || approval.payload.payoutId !== payoutId) throw PAYOUT_REFUSALS.RESOLUTION_NOT_FOUND();
    if (approval.state !== 'PROPOSED') return approval;
    const [attempt] = await this.attempts.recorded(tx, [approval.payload.serialNumber]);
    if (attempt?.conclusion != null) throw PAYOUT_REFUSALS.RESOLUTION_OVERTAKEN();
    return approval;
  }

  #decision({ actor, reason }: DecideResolution): { personId: string; note: string; at: Date } {
    return { personId: actor.id, note: reason, at: this.clock.now() };
  }

  #audit(tx: Tx, { actor, payoutId, resolutionId, reason }: DecideResolution, { action, after }: { action: string; after?: object }): Promise<void> {
    return this.audit.record(tx, { actor, action, subject: resolutionSubject(payoutId), reason, after: { resolutionId, ...after } });
  }

  async #conclude(tx: Tx, { serialNumber, conclusion }: Resolution): Promise<void> {
    const { concluded } = await this.record.execute(tx, [
      {
        serialNumber,
        decision: { kind: 'CONCLUDE', conclusion, event: conclusion === 'SUCCEEDED' ? 'succeed' : 'fail', concludedBy: 'RESOLUTION' },
        source: 'RESOLUTION',
        outcome: conclusion,
        code: null,
        railReference: null,
        clearingDate: null,
        amountMinor: null,
      },
    ]);
    // The rail has answered at this very moment; its word stands and the approval is undone.
    if (concluded === 0) throw PAYOUT_REFUSALS.RESOLUTION_OVERTAKEN();
  }
}
