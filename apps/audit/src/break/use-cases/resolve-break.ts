import { Inject, Injectable } from '@nestjs/common';
import { Approvals, type Approval } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { AUDIT_CONFIG, type AuditConfig } from '../../config.ts';
import { BREAK_REFUSALS } from '../domain/break-refusals.ts';
import { breakStates, type BreakEvent } from '../domain/break-state.ts';
import { BreakRepository, type BreakRow } from '../persistence/break.repository.ts';
import type { TendedBreak } from './tend-break.ts';

export const BREAK_RESOLUTION = 'BREAK_RESOLUTION';

export interface BreakResolution {
  readonly breakId: string;
  readonly explanation: string;
}

/** One person explains a break, another agrees. An explanation changes no books: entries that are needed are proposed at the ledger. */
@Injectable()
export class ResolveBreak {
  constructor(
    private readonly breaks: BreakRepository,
    private readonly approvals: Approvals,
    private readonly audit: AuditTrail,
    @Inject(AUDIT_CONFIG) private readonly config: Pick<AuditConfig, 'proposalLifetimeMs'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async submit(tx: Tx, actor: Actor, { id, explanation }: { id: string; explanation: string }): Promise<TendedBreak> {
    const found = await this.demand(tx, id, 'submit');
    const [approvalId, at] = [uuidv7(), this.clock.now()];
    const expiresAt = new Date(at.getTime() + this.config.proposalLifetimeMs);
    const payload: BreakResolution = { breakId: id, explanation };
    await this.approvals.propose(tx, { id: approvalId, kind: BREAK_RESOLUTION, subject: id, payload, makerId: actor.id, reason: explanation, proposedAt: at, expiresAt });
    const state = await this.breaks.move(tx, found, { event: 'submit', personId: actor.id, note: explanation, at, approvalId });
    await this.audit.record(tx, { actor, action: 'audit.break.submit', subject: `break:${id}`, reason: explanation });
    return { id, state };
  }

  async approve(tx: Tx, actor: Actor, { id, note }: { id: string; note: string }): Promise<TendedBreak> {
    const found = await this.demand(tx, id, 'approve');
    await this.approvals.approve(tx, found.approvalId, { personId: actor.id, note, at: this.clock.now() });
    return this.decided(tx, actor, { found, event: 'approve', note });
  }

  /** Whoever submitted takes it back, anybody else turns it down. */
  async reject(tx: Tx, actor: Actor, { id, note }: { id: string; note: string }): Promise<TendedBreak> {
    const found = await this.demand(tx, id, 'reject');
    const decision = { personId: actor.id, note, at: this.clock.now() };
    const isOwn = (await this.approvals.find(tx, found.approvalId))?.makerId === actor.id;
    if (isOwn) await this.approvals.withdraw(tx, found.approvalId, decision);
    else await this.approvals.reject(tx, found.approvalId, decision);
    return this.decided(tx, actor, { found, event: 'reject', note });
  }

  /** Nobody reviewed it in time: the break waits for an explanation again. */
  async expire(tx: Tx, { payload }: Approval<BreakResolution>): Promise<void> {
    const found = await this.breaks.lock(tx, payload.breakId);
    if (found?.state !== 'SUBMITTED') return;
    await this.breaks.move(tx, found, { event: 'reject', personId: null, note: 'Nobody reviewed it in time.', at: this.clock.now() });
    await this.audit.record(tx, { actor: null, action: 'audit.break.expire', subject: `break:${payload.breakId}` });
  }

  private async decided(tx: Tx, actor: Actor, { found, event, note }: { found: BreakRow; event: 'approve' | 'reject'; note: string }): Promise<TendedBreak> {
    const state = await this.breaks.move(tx, found, { event, personId: actor.id, note, at: this.clock.now() });
    await this.audit.record(tx, { actor, action: `audit.break.${event}`, subject: `break:${found.id}`, reason: note, before: found.state, after: state });
    return { id: found.id, state };
  }

  private async demand(tx: Tx, id: string, event: BreakEvent): Promise<BreakRow & { readonly approvalId: string }> {
    const found = await this.breaks.lock(tx, id);
    if (found === null) throw BREAK_REFUSALS.BREAK_NOT_FOUND();
    if (!breakStates.canMove(found.state, event)) throw BREAK_REFUSALS.BREAK_NOT_OPEN({ detail: `The break is ${found.state}.` });
    return { ...found, approvalId: found.approvalId ?? '' };
  }
}
