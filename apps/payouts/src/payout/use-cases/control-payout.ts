import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { PayoutState } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { DispatchBell } from '../domain/dispatch-bell.ts';
import { expeditedOrder } from '../domain/dispatch-order.ts';
import { PAYOUT_REFUSALS } from '../domain/payout-refusals.ts';
import type { PayoutEvent } from '../domain/payout-state.ts';
import { PayoutRepository } from '../persistence/payout.repository.ts';
import { QueueRepository } from '../persistence/queue.repository.ts';
import { resultOf, TellResults } from './tell-results.ts';

export interface ControlCommand {
  readonly payoutId: string;
  readonly reason: string;
  readonly actor: Actor;
}

export interface Controlled {
  readonly payoutId: string;
  readonly state: PayoutState;
}

/** Operators stop, release, expedite and cancel payouts that wait. What was claimed is out of their hands: its attempt has left or is about to. */
@Injectable()
export class ControlPayout {
  constructor(
    private readonly payouts: PayoutRepository,
    private readonly queue: QueueRepository,
    private readonly tell: TellResults,
    private readonly audit: AuditTrail,
    private readonly bell: DispatchBell,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async hold(tx: Tx, command: ControlCommand): Promise<Controlled> {
    if (!(await this.queue.remove(tx, command.payoutId))) throw await this.#refusal(tx, command.payoutId, 'PAYOUT_NOT_WAITING');
    return this.#move(tx, command, 'hold', 'HELD_BY_OPERATOR');
  }

  async release(tx: Tx, command: ControlCommand): Promise<Controlled> {
    const standing = await this.payouts.stateOf(tx, command.payoutId);
    if (standing?.state !== 'HELD') throw await this.#refusal(tx, command.payoutId, 'PAYOUT_NOT_HELD');
    const released = await this.#move(tx, command, 'release', null);
    await this.queue.putBack(tx, command.payoutId);
    tx.afterCommit(() => this.bell.ring());
    return released;
  }

  /** Moves a payout that waits before the others, also one that waits before its next attempt. Its state stays, so its client is told nothing. */
  async expedite(tx: Tx, { payoutId, reason, actor }: ControlCommand): Promise<Controlled> {
    if (!(await this.queue.remove(tx, payoutId))) throw await this.#refusal(tx, payoutId, 'PAYOUT_NOT_WAITING');
    await this.payouts.moveAhead(tx, payoutId, expeditedOrder(this.clock.now()));
    await this.queue.putBack(tx, payoutId);
    await this.audit.record(tx, { actor, action: 'payouts.expedite', subject: `payout:${payoutId}`, reason });
    tx.afterCommit(() => this.bell.ring());
    return { payoutId, state: 'QUEUED' };
  }

  async cancel(tx: Tx, command: ControlCommand): Promise<Controlled> {
    const isQueued = await this.queue.remove(tx, command.payoutId);
    // Locked: were it released between this look and the move, its new place in the queue would outlive it.
    if (!isQueued && (await this.payouts.lockState(tx, command.payoutId)) !== 'HELD') throw await this.#refusal(tx, command.payoutId, 'PAYOUT_NOT_WAITING');
    return this.#move(tx, command, 'cancel', 'CANCELLED_BY_OPERATOR');
  }

  async #move(tx: Tx, command: ControlCommand, event: PayoutEvent, reasonCode: string | null): Promise<Controlled> {
    const { payoutId, reason, actor } = command;
    const now = this.clock.now();
    const moved = await this.payouts.move(tx, { payoutId, event, reasonCode, railReference: null }, now);
    // Two operators may race for a held payout.
    if (moved === null) throw await this.#refusal(tx, payoutId, event === 'release' ? 'PAYOUT_NOT_HELD' : 'PAYOUT_NOT_WAITING');
    invariant(event !== 'hold' || moved.state === 'HELD', 'a queue entry belongs to a QUEUED payout');
    await this.tell.execute(tx, [resultOf(moved, now.toISOString())]);
    await this.audit.record(tx, { actor, action: `payouts.${event}`, subject: `payout:${payoutId}`, reason, after: { state: moved.state } });
    return { payoutId, state: moved.state };
  }

  async #refusal(tx: Tx, payoutId: string, code: 'PAYOUT_NOT_WAITING' | 'PAYOUT_NOT_HELD'): Promise<Error> {
    const standing = await this.payouts.stateOf(tx, payoutId);
    return standing === null ? PAYOUT_REFUSALS.PAYOUT_NOT_FOUND() : PAYOUT_REFUSALS[code]({ detail: `The payout is ${standing.state}.` });
  }
}
