import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { setRailAllowance } from '@jinku/connectors';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { Metrics } from '@jinku/service';
import { PAYOUTS_CONFIG, type PayoutsConfig } from '../../config.ts';
import { ReportGrantUsage } from '../../grant/use-cases/report-grant-usage.ts';
import { ExpirePayouts } from '../../payout/use-cases/expire-payouts.ts';
import { UndeferPayouts } from '../../payout/use-cases/undefer-payouts.ts';
import { MoveBreaker } from '../../route/use-cases/move-breaker.ts';
import { HouseLines } from '../use-cases/house-lines.ts';
import { InquireDue } from '../use-cases/inquire-due.ts';
import { Dispatcher } from './dispatcher.ts';

const INQUIRE_EVERY_MS = 1_000;
const QUEUE_EVERY_MS = 1_000;
const REPORT_EVERY_MS = 500;
const REVIEW_EVERY_MS = 500;
/** Rounds of one run, so that a run ends also while more falls due. */
const ROUNDS_MAX = 50;

/** Everything that falls due by time, found by sweeps. */
@Injectable()
export class DueWork implements OnModuleInit {
  readonly #inquiries;

  constructor(
    private readonly doorbells: Doorbells,
    private readonly database: Database,
    private readonly dispatcher: Dispatcher,
    private readonly lines: HouseLines,
    private readonly inquireDue: InquireDue,
    private readonly breakers: MoveBreaker,
    private readonly expire: ExpirePayouts,
    private readonly undefer: UndeferPayouts,
    private readonly report: ReportGrantUsage,
    @Inject(PAYOUTS_CONFIG) private readonly config: PayoutsConfig,
    metrics: Metrics,
  ) {
    this.#inquiries = metrics.counter('payout_inquiries_total', 'Inquiries sent to the rail.');
  }

  async onModuleInit(): Promise<void> {
    const perSecond = this.config.inquiriesPerSecond;
    const allowance = { windowMs: 1_000, requestsPerWindow: perSecond, inquiriesReserved: perSecond };
    for (const house of this.lines.houses) await setRailAllowance(this.database, house, allowance);
    this.doorbells.register({ name: 'payouts.inquire-due', sweepEveryMs: INQUIRE_EVERY_MS, run: () => this.#inquire() });
    this.doorbells.register({ name: 'payouts.queue-due', sweepEveryMs: QUEUE_EVERY_MS, run: () => this.#queue() });
    this.doorbells.register({ name: 'payouts.review-breakers', sweepEveryMs: REVIEW_EVERY_MS, run: () => this.breakers.review() });
    this.doorbells.register({ name: 'payouts.report-grant-usage', sweepEveryMs: REPORT_EVERY_MS, run: () => this.report.execute(this.dispatcher.ledShards) });
  }

  async #inquire(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX; round += 1) {
      const asked = await this.inquireDue.execute(this.dispatcher.ledShards);
      this.#inquiries.inc(asked);
      if (asked === 0) return;
    }
  }

  async #queue(): Promise<void> {
    for (let round = 0; round < ROUNDS_MAX && (await this.undefer.execute()) > 0; round += 1);
    for (let round = 0; round < ROUNDS_MAX && (await this.expire.execute()) > 0; round += 1);
  }
}
