import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { invariant } from '@jinku/errors';
import type { Queryable, Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { DispatchBell } from '../domain/dispatch-bell.ts';
import { PAYOUT_REFUSALS } from '../domain/payout-refusals.ts';

export interface DispatchSwitch {
  readonly stopped: boolean;
  readonly reason: string | null;
  readonly stoppedBy: string | null;
  readonly stoppedAt: string | null;
  /** Who asked for the start; another person's call starts. */
  readonly startProposedBy: string | null;
}

const COLUMNS = `stopped, reason, stopped_by AS "stoppedBy", stopped_at AS "stoppedAt", start_proposed_by AS "startProposedBy"`;

/** One switch for all payouts: one person stops, two start. What was claimed before the stop still leaves. */
@Injectable()
export class SwitchDispatch {
  constructor(
    private readonly audit: AuditTrail,
    private readonly bell: DispatchBell,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async read(database: Queryable): Promise<DispatchSwitch> {
    return this.#row(database, '');
  }

  async stop(tx: Tx, { actor, reason }: { actor: Actor; reason: string }): Promise<DispatchSwitch> {
    const before = await this.#row(tx, 'FOR UPDATE');
    if (before.stopped) return this.#keepStopped(tx, before, { actor, reason });
    await tx.execute('UPDATE dispatch_switch SET stopped = true, reason = $1, stopped_by = $2, stopped_at = $3, start_proposed_by = NULL', [
      reason,
      actor.id,
      this.clock.now(),
    ]);
    await this.audit.record(tx, { actor, action: 'payouts.stop-all', subject: 'dispatch', reason });
    return this.#row(tx, '');
  }

  async start(tx: Tx, { actor, reason }: { actor: Actor; reason: string }): Promise<DispatchSwitch> {
    const before = await this.#row(tx, 'FOR UPDATE');
    if (!before.stopped) throw PAYOUT_REFUSALS.DISPATCH_NOT_STOPPED();
    if (before.startProposedBy === actor.id) throw PAYOUT_REFUSALS.SAME_PERSON();
    if (before.startProposedBy === null) {
      await tx.execute('UPDATE dispatch_switch SET start_proposed_by = $1', [actor.id]);
      await this.audit.record(tx, { actor, action: 'payouts.propose-start-all', subject: 'dispatch', reason });
      return this.#row(tx, '');
    }
    await tx.execute('UPDATE dispatch_switch SET stopped = false, reason = NULL, stopped_by = NULL, stopped_at = NULL, start_proposed_by = NULL');
    await this.audit.record(tx, { actor, action: 'payouts.start-all', subject: 'dispatch', reason, before: { proposedBy: before.startProposedBy } });
    tx.afterCommit(() => this.bell.ring());
    return this.#row(tx, '');
  }

  /** Payouts are stopped already; but where somebody has proposed to start them, stopping takes that back, or one person could be too late to stop. */
  async #keepStopped(tx: Tx, before: DispatchSwitch, { actor, reason }: { actor: Actor; reason: string }): Promise<DispatchSwitch> {
    if (before.startProposedBy === null) throw PAYOUT_REFUSALS.DISPATCH_STOPPED({ detail: `Stopped by ${before.stoppedBy ?? ''}.` });
    await tx.execute('UPDATE dispatch_switch SET start_proposed_by = NULL');
    await this.audit.record(tx, { actor, action: 'payouts.keep-stopped', subject: 'dispatch', reason, before: { startProposedBy: before.startProposedBy } });
    return this.#row(tx, '');
  }

  async #row(database: Queryable, lock: '' | 'FOR UPDATE'): Promise<DispatchSwitch> {
    const [row] = await database.query<Omit<DispatchSwitch, 'stoppedAt'> & { stoppedAt: Date | null }>(`SELECT ${COLUMNS} FROM dispatch_switch ${lock}`);
    invariant(row !== undefined, 'the switch has its row from the migration on');
    return { ...row, stoppedAt: row.stoppedAt?.toISOString() ?? null };
  }
}
