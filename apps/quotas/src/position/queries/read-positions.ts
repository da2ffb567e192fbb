import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { AccountClass } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { ReadBuffer, type BufferView } from '../../buffer/queries/read-buffer.ts';
import { QUOTAS_CONFIG, type QuotasConfig } from '../../config.ts';
import { ReadPositionBoard, type QuotaPosition } from '../../quota/queries/read-position-board.ts';
import { JudgeFigure } from '../../quota/use-cases/judge-figure.ts';
import { ShiftRepository } from '../../shift/persistence/shift.repository.ts';
import { Alert } from '../domain/institution-book.ts';
import { PositionRepository, type PositionRow, type PositionSource } from '../persistence/position.repository.ts';

export interface AccountPosition {
  readonly accountId: string;
  readonly accountClass: AccountClass;
  readonly owner: 'CLIENT' | 'OWN';
  readonly name: string;
  /** Null while the account was never seen. */
  readonly balance: string | null;
  readonly source: PositionSource | null;
  readonly asOf: string | null;
  readonly ageMs: number | null;
  readonly isStale: boolean;
}

/** All places where the institution's money and capacity are, now. */
export interface PositionsView {
  readonly accounts: readonly AccountPosition[];
  readonly buffer: BufferView;
  readonly houses: readonly QuotaPosition[];
  readonly inTransit: { readonly amount: string; readonly asOf: string | null };
  readonly alerts: readonly Alert[];
}

@Injectable()
export class ReadPositions {
  constructor(
    private readonly database: Database,
    private readonly positions: PositionRepository,
    private readonly houses: ReadPositionBoard,
    private readonly buffer: ReadBuffer,
    private readonly shifts: ShiftRepository,
    private readonly judgeFigure: JudgeFigure,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUOTAS_CONFIG) private readonly config: QuotasConfig,
  ) {}

  async execute(): Promise<PositionsView> {
    const accounts = await this.positions.list(this.database);
    const transit = await this.positions.inTransit(this.database);
    const houses = await this.houses.execute();
    const buffer = await this.buffer.execute();
    return {
      accounts: accounts.map((row) => this.#accountOf(row)),
      buffer,
      houses,
      inTransit: { amount: formatAmount(transit.amount), asOf: transit.asOf?.toISOString() ?? null },
      alerts: [
        ...buffer.alerts,
        ...(houses.some(({ free }) => free.startsWith('-')) ? [Alert.HOUSE_NOT_COVERED] : []),
        ...((await this.judgeFigure.differing(this.database)).size > 0 ? [Alert.FIGURE_DIFFERS] : []),
        ...((await this.shifts.isOneInBuffer(this.database)) ? [Alert.SHIFT_IN_BUFFER] : []),
      ],
    };
  }

  #accountOf({ accountId, accountClass, owner, name, balance, source, asOf }: PositionRow): AccountPosition {
    const ageMs = asOf === null ? null : Math.max(0, this.clock.now().getTime() - asOf.getTime());
    return {
      ...{ accountId, accountClass, owner, name, source, ageMs },
      balance: balance === null ? null : formatAmount(balance),
      asOf: asOf?.toISOString() ?? null,
      isStale: ageMs === null || ageMs > this.config.staleAfterMs,
    };
  }
}
