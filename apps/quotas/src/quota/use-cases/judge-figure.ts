import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { sum } from '@jinku/money';
import type { Queryable, Tx } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { AdjustmentRepository } from '../../adjustment/persistence/adjustment.repository.ts';
import { QUOTAS_CONFIG, type QuotasConfig } from '../../config.ts';
import { GrantRepository } from '../../grant/persistence/grant.repository.ts';
import { Alert } from '../../position/domain/institution-book.ts';
import type { Quota } from '../domain/quota.ts';
import { figureDifference } from '../domain/rail-figure.ts';
import { QuotaFigureRepository } from '../persistence/quota-figure.repository.ts';

/** By then every holder of a grant has told what it had used when the figure was read. */
const JUDGED_AFTER_MS = 5_000;

/** Holds each figure of a house against our book (I2). One that nothing explains for long freezes what rules do there, and is told. */
@Injectable()
export class JudgeFigure {
  constructor(
    private readonly figures: QuotaFigureRepository,
    private readonly grants: GrantRepository,
    private readonly adjustments: AdjustmentRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUOTAS_CONFIG) private readonly config: QuotasConfig,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  /** The quota as it was just observed, under its lock. */
  async execute(tx: Tx, { clearingHouse, mapped, receiptsCounted, reflectedTotal, railAvailable }: Quota): Promise<void> {
    if (await this.adjustments.hasUnexplained(tx, clearingHouse)) return this.figures.forget(tx, clearingHouse);
    const wallNow = new Date(this.clock.wallNow());
    const grants = await this.grants.list(tx, clearingHouse);
    const book = { usable: mapped + receiptsCounted + reflectedTotal, consumed: sum(grants.map(({ consumedTotal }) => consumedTotal)), reserved: sum(grants.map(({ reserved }) => reserved)) };
    const waiting = await this.figures.waiting(tx, clearingHouse);
    if (waiting !== null && wallNow.getTime() - waiting.readAt.getTime() < JUDGED_AFTER_MS) return;
    await this.figures.await(tx, clearingHouse, { readAt: wallNow, railAvailable, usable: book.usable, consumed: book.consumed });
    if (waiting === null) return;
    const found = figureDifference(waiting, book);
    const difference = isBeyond(found, this.config.figureTolerance) ? found : 0n;
    await this.figures.setDifference(tx, clearingHouse, { difference, wallNow });
    if ((await this.differing(tx)).has(clearingHouse)) this.log.error('figure-differs', { alert: Alert.FIGURE_DIFFERS, clearingHouse });
  }

  /** The houses whose figure has not been explained for so long that it is no matter of time any more. */
  async differing(database: Queryable): Promise<ReadonlySet<ClearingHouse>> {
    const since = this.clock.wallNow() - this.config.figureAgeMs;
    const states = await this.figures.list(database);
    return new Set(states.filter(({ differsSince }) => differsSince !== null && differsSince.getTime() <= since).map(({ clearingHouse }) => clearingHouse));
  }
}

function isBeyond(difference: bigint, tolerance: bigint): boolean {
  return difference > tolerance || difference < -tolerance;
}
