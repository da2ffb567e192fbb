import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { PayoutState } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { DispatchBell } from '../domain/dispatch-bell.ts';
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

/** Operators stop, release and cancel payouts that wait. What was claimed is out of their hands: its attempt has left or is about to. */
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

  async cancel(tx: Tx, command: ControlCommand): Promise<Controlled> {
    const isQueued = await this.queue.remove(tx, command.payoutId);
    const standing = await this.payouts.stateOf(tx, command.payoutId);
    if (!isQueued && standing?.state !== 'HELD') throw await this.#refusal(tx, command.payoutId, 'PAYOUT_NOT_WAITING');
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
