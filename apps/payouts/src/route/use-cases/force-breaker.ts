import { randomUUIDv7 } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { Approvals, type Approval } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { invalidRequest } from '@jinku/errors';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { PAYOUT_REFUSALS } from '../../payout/domain/payout-refusals.ts';
import type { Breaker } from '../domain/breaker.ts';
import { breakerSubject, FORCE_KIND, FORCE_MAX_MS, FORCE_OPEN_MS, type ForcedBreaker } from '../domain/forced-breaker.ts';
import { routeKey, routeOf } from '../domain/route-key.ts';
import { BreakerRepository } from '../persistence/breaker.repository.ts';
import { MoveBreaker } from './move-breaker.ts';

export interface DecideForce {
  readonly proposalId: string;
  readonly actor: Actor;
  readonly reason: string;
}

/**
 * Two persons hold a breaker open or closed until a time, whatever the route does: one proposes, another approves. One person is enough to give it back
 * to its own judgement; a route that was held open then has to prove itself.
 */
@Injectable()
export class ForceBreaker {
  constructor(
    private readonly approvals: Approvals,
    private readonly breakers: BreakerRepository,
    private readonly move: MoveBreaker,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async propose(tx: Tx, { actor, reason, ...forced }: ForcedBreaker & { reason: string; actor: Actor }): Promise<{ proposalId: string }> {
    if (!(await this.breakers.isRoute(tx, routeOf(forced.key)))) throw PAYOUT_REFUSALS.UNKNOWN_ROUTE();
    const proposedAt = this.clock.now();
    const aheadMs = Date.parse(forced.until) - proposedAt.getTime();
    if (aheadMs <= 0 || aheadMs > FORCE_MAX_MS) throw invalidRequest([{ field: 'until', rule: 'is later than now and at most seven days ahead' }]);
    const proposalId = randomUUIDv7();
    const subject = breakerSubject(forced.key);
    const expiresAt = new Date(proposedAt.getTime() + FORCE_OPEN_MS);
    await this.approvals.propose(tx, { id: proposalId, kind: FORCE_KIND, subject, payload: forced, makerId: actor.id, reason, proposedAt, expiresAt });
    await this.audit.record(tx, { actor, action: 'payouts.propose-force-breaker', subject, reason, after: forced });
    return { proposalId };
  }

  /** Takes effect at once. */
  async approve(tx: Tx, given: DecideForce): Promise<{ proposalId: string; state: 'APPROVED' }> {
    const { payload, makerId, reason } = await this.#standing(tx, given.proposalId);
    await this.approvals.approve(tx, given.proposalId, this.#decision(given));
    const force = { by: makerId, approvedBy: given.actor.id, reason, until: new Date(payload.until) };
    await this.#audit(tx, given, { action: 'payouts.force-breaker', payload });
    await this.move.execute(tx, { key: payload.key, happening: { kind: 'FORCE', state: payload.state, force }, seenEpoch: null, by: given.actor.id });
    return { proposalId: given.proposalId, state: 'APPROVED' };
  }

  async reject(tx: Tx, given: DecideForce): Promise<{ proposalId: string; state: 'REJECTED' }> {
    const { payload } = await this.#standing(tx, given.proposalId);
    await this.approvals.reject(tx, given.proposalId, this.#decision(given));
    await this.#audit(tx, given, { action: 'payouts.reject-force-breaker', payload });
    return { proposalId: given.proposalId, state: 'REJECTED' };
  }

  async withdraw(tx: Tx, given: DecideForce): Promise<{ proposalId: string; state: 'WITHDRAWN' }> {
    const { payload } = await this.#standing(tx, given.proposalId);
    await this.approvals.withdraw(tx, given.proposalId, this.#decision(given));
    await this.#audit(tx, given, { action: 'payouts.withdraw-force-breaker', payload });
    return { proposalId: given.proposalId, state: 'WITHDRAWN' };
  }

  async release(tx: Tx, { key, actor, reason }: { key: string; actor: Actor; reason: string }): Promise<Breaker> {
    const { house, bankCode } = routeOf(key);
    const released = await this.move.execute(tx, { key: routeKey(house, bankCode), happening: { kind: 'RELEASE', reason }, seenEpoch: null, by: actor.id });
    if (released === null) throw PAYOUT_REFUSALS.BREAKER_NOT_FORCED();
    await this.audit.record(tx, { actor, action: 'payouts.release-breaker', subject: breakerSubject(key), reason });
    return released;
  }

  async #standing(tx: Tx, proposalId: string): Promise<Approval<ForcedBreaker>> {
    const approval = await this.approvals.find<ForcedBreaker>(tx, proposalId);
    if (approval?.kind !== FORCE_KIND) throw PAYOUT_REFUSALS.FORCE_NOT_FOUND();
    return approval;
  }

  #decision({ actor, reason }: DecideForce): { personId: string; note: string; at: Date } {
    return { personId: actor.id, note: reason, at: this.clock.now() };
  }

  #audit(tx: Tx, { actor, proposalId, reason }: DecideForce, { action, payload }: { action: string; payload: ForcedBreaker }): Promise<void> {
    return this.audit.record(tx, { actor, action, subject: breakerSubject(payload.key), reason, after: { proposalId, ...payload } });
  }
}
