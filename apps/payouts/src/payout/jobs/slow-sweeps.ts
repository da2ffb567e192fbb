import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Doorbells } from '@jinku/jobs';
import { RecordReturns } from '../../attempt/use-cases/record-returns.ts';
import { ResolveAttempt } from '../../attempt/use-cases/resolve-attempt.ts';
import { ForgetWatchedPayees } from '../use-cases/forget-watched-payees.ts';

const RETURNS_EVERY_MS = 1_000;
const RESOLUTIONS_EVERY_MS = 2_000;
const FORGET_EVERY_MS = 60_000;
/** Rounds of one run, so that a run ends also while more falls due. */
const ROUNDS_MAX = 50;

/** What falls due by time and delays no payout. */
@Injectable()
export class SlowSweeps implements OnModuleInit {
  constructor(
    private readonly doorbells: Doorbells,
    private readonly recordReturns: RecordReturns,
    private readonly resolve: ResolveAttempt,
    private readonly forgetWatchedPayees: ForgetWatchedPayees,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: 'payouts.settle-waiting-returns', sweepEveryMs: RETURNS_EVERY_MS, run: () => this.#settleReturns() });
    this.doorbells.register({ name: 'payouts.end-void-resolutions', sweepEveryMs: RESOLUTIONS_EVERY_MS, run: () => this.#endResolutions() });
    this.doorbells.register({ name: 'payouts.forget-watched-payees', sweepEveryMs: FORGET_EVERY_MS, run: () => this.#forget() });
  }

  async #settleReturns(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX && (await this.recordReturns.settleWaiting()) > 0; round += 1);
  }

  async #endResolutions(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX && (await this.resolve.endVoid()) > 0; round += 1);
  }

  async #forget(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX && (await this.forgetWatchedPayees.execute()) > 0; round += 1);
  }
}
