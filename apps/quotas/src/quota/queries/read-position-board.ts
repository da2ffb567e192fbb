import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { QUOTAS_CONFIG, type QuotasConfig } from '../../config.ts';
import { GrantRepository } from '../../grant/persistence/grant.repository.ts';
import { quotaBook, type Quota } from '../domain/quota.ts';
import { QuotaFigureRepository } from '../persistence/quota-figure.repository.ts';
import { QuotaRepository } from '../persistence/quota.repository.ts';

/** One clearing house on the position board; amounts as decimal strings of yuan. */
export interface QuotaPosition {
  readonly clearingHouse: ClearingHouse;
  readonly mappedQuota: string;
  readonly bookAvailable: string;
  readonly reserved: string;
  readonly grantedFree: string;
  readonly ungranted: string;
  readonly free: string;
  /** Increases on their way: not available yet. */
  readonly pendingIncreases: string;
  /** Decreases on their way: not available any more. */
  readonly pendingDecreases: string;
  /** The house's own figure. */
  readonly railAvailable: string;
  /** By how much our book does not explain the house's own figure; `0.00` while it does. */
  readonly figureDifference: string;
  readonly source: string;
  readonly asOf: string;
  readonly ageMs: number;
  readonly isStale: boolean;
  /** False when more is granted than there is: the house took quota away and the shards have not given it back yet. */
  readonly isCovered: boolean;
}

@Injectable()
export class ReadPositionBoard {
  constructor(
    private readonly database: Database,
    private readonly quotas: QuotaRepository,
    private readonly grants: GrantRepository,
    private readonly figures: QuotaFigureRepository,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUOTAS_CONFIG) private readonly config: QuotasConfig,
  ) {}

  async execute(): Promise<QuotaPosition[]> {
    const quotas = await this.quotas.list(this.database);
    const grants = await this.grants.list(this.database);
    const figures = await this.figures.list(this.database);
    return quotas.map((quota) => {
      const { clearingHouse } = quota;
      const difference = figures.find((figure) => figure.clearingHouse === clearingHouse)?.difference ?? 0n;
      return { ...this.positionOf(quota, grants.filter((grant) => grant.clearingHouse === clearingHouse)), figureDifference: formatAmount(difference) };
    });
  }

  private positionOf(quota: Quota, grants: Parameters<typeof quotaBook>[1]): Omit<QuotaPosition, 'figureDifference'> {
    const book = quotaBook(quota, grants);
    const ageMs = Math.max(0, this.clock.now().getTime() - quota.asOf.getTime());
    return {
      clearingHouse: quota.clearingHouse,
      mappedQuota: formatAmount(quota.mapped),
      bookAvailable: formatAmount(book.bookAvailable),
      reserved: formatAmount(book.reserved),
      grantedFree: formatAmount(book.grantedFree),
      ungranted: formatAmount(book.ungranted),
      free: formatAmount(book.free),
      pendingIncreases: formatAmount(quota.pendingIncreases),
      pendingDecreases: formatAmount(quota.pendingDecreases),
      railAvailable: formatAmount(quota.railAvailable),
      source: quota.source,
      asOf: quota.asOf.toISOString(),
      ageMs,
      isStale: ageMs > this.config.staleAfterMs,
      isCovered: book.ungranted >= 0n,
    };
  }
}
