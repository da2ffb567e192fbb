import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { BREAK_REFUSALS } from '../domain/break-refusals.ts';
import { breakStates, type BreakState } from '../domain/break-state.ts';
import { BreakRepository } from '../persistence/break.repository.ts';

export interface TendedBreak {
  readonly id: string;
  readonly state: BreakState;
}

/** Gives a break an owner, or adds what somebody found out. Nothing is ever edited or deleted. */
@Injectable()
export class TendBreak {
  constructor(
    private readonly breaks: BreakRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async assign(tx: Tx, actor: Actor, { id, owner }: { id: string; owner: string }): Promise<TendedBreak> {
    const found = await this.breaks.lock(tx, id);
    if (found === null) throw BREAK_REFUSALS.BREAK_NOT_FOUND();
    if (breakStates.isFinal(found.state)) throw BREAK_REFUSALS.BREAK_NOT_OPEN({ detail: `The break is ${found.state}.` });
    await this.breaks.assign(tx, id, owner);
    await this.breaks.insertEvent(tx, id, { event: 'assign', personId: actor.id, note: owner, at: this.clock.now() });
    await this.audit.record(tx, { actor, action: 'audit.break.assign', subject: `break:${id}`, after: { owner } });
    return { id, state: found.state };
  }

  async comment(tx: Tx, actor: Actor, { id, note }: { id: string; note: string }): Promise<TendedBreak> {
    const found = await this.breaks.lock(tx, id);
    if (found === null) throw BREAK_REFUSALS.BREAK_NOT_FOUND();
    await this.breaks.insertEvent(tx, id, { event: 'comment', personId: actor.id, note, at: this.clock.now() });
    await this.audit.record(tx, { actor, action: 'audit.break.comment', subject: `break:${id}` });
    return { id, state: found.state };
  }
}
