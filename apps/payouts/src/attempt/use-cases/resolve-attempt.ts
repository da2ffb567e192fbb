import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { AttemptConclusion } from '@jinku/contracts';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { PAYOUT_REFUSALS } from '../../payout/domain/payout-refusals.ts';
import { PayoutRepository } from '../../payout/persistence/payout.repository.ts';
import { AttemptRepository } from '../persistence/attempt.repository.ts';
import { ResolutionRepository, type Resolution } from '../persistence/resolution.repository.ts';
import { RecordOutcomes } from './record-outcomes.ts';

export interface ProposeResolution {
  readonly payoutId: string;
  readonly conclusion: AttemptConclusion;
  readonly evidence: string;
  readonly reason: string;
  readonly actor: Actor;
}

/** Where the rail gives no definite answer, two persons decide what an attempt came to: one proposes with evidence, another approves. */
@Injectable()
export class ResolveAttempt {
  constructor(
    private readonly attempts: AttemptRepository,
    private readonly payouts: PayoutRepository,
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
    const resolutionId = randomUUIDv7();
    const { serialNumber } = attempt;
    const resolution = { resolutionId, payoutId, serialNumber, conclusion, evidence, reason, proposedBy: actor.id, proposedAt: this.clock.now() };
    await this.resolutions.insert(tx, resolution);
    await this.audit.record(tx, { actor, action: 'payouts.propose-resolution', subject: `payout:${payoutId}`, reason, after: { serialNumber, conclusion, evidence } });
    return { resolutionId };
  }

  async approve(tx: Tx, given: { payoutId: string; resolutionId: string; actor: Actor; reason: string }): Promise<{ resolutionId: string; state: 'APPROVED' }> {
    const resolution = await this.resolutions.lock(tx, given);
    if (resolution === null) throw PAYOUT_REFUSALS.RESOLUTION_NOT_FOUND();
    if (resolution.state !== 'PROPOSED') throw PAYOUT_REFUSALS.RESOLUTION_DECIDED();
    if (resolution.proposedBy === given.actor.id) throw PAYOUT_REFUSALS.SAME_PERSON();
    await this.resolutions.decide(tx, { resolution, decidedBy: given.actor.id, now: this.clock.now() });
    await this.audit.record(tx, {
      actor: given.actor,
      action: 'payouts.approve-resolution',
      subject: `payout:${given.payoutId}`,
      reason: given.reason,
      after: { serialNumber: resolution.serialNumber, conclusion: resolution.conclusion, proposedBy: resolution.proposedBy },
    });
    await this.#conclude(tx, resolution);
    return { resolutionId: resolution.resolutionId, state: 'APPROVED' };
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
    // The rail has answered meanwhile; its word stands and the approval is undone.
    if (concluded === 0) throw PAYOUT_REFUSALS.RESOLUTION_DECIDED();
  }
}
