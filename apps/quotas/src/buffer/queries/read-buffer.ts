import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { QuotaPolicyRepository } from '../../policy/persistence/quota-policy.repository.ts';
import { Alert, bufferAlerts, type BufferMovementKind } from '../../position/domain/institution-book.ts';
import { BufferRepository } from '../persistence/buffer.repository.ts';

/** A balance that our movements do not explain for so long, by wall time, is told: a notice may be on its way. */
const DIFFERENCE_TOLD_AFTER_MS = 30_000;

export interface BufferView {
  /** Null until the central reserve and every house were seen. */
  readonly unallocatedBuffer: string | null;
  readonly minimumBuffer: string;
  readonly centralReserve: { readonly balance: string; readonly source: string; readonly asOf: string; readonly ageMs: number } | null;
  /** I1: what the reserve holds beyond what our movements explain. */
  readonly reserveDifference: string;
  readonly alerts: readonly Alert[];
}

export interface BufferMovementView {
  readonly sequence: number;
  readonly kind: BufferMovementKind;
  readonly amount: string;
  readonly balanceAfter: string;
  readonly reference: string;
  readonly clearingHouse: ClearingHouse | null;
  readonly movedAt: string;
}

@Injectable()
export class ReadBuffer {
  constructor(
    private readonly database: Database,
    private readonly buffers: BufferRepository,
    private readonly policies: QuotaPolicyRepository,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(): Promise<BufferView> {
    const { minimumBuffer } = await this.policies.inForce(this.database, businessDateOf(this.clock.now()));
    const buffer = await this.buffers.find(this.database);
    const differs = buffer.differsSince !== null && this.clock.wallNow() - buffer.differsSince.getTime() > DIFFERENCE_TOLD_AFTER_MS;
    const { reserveBalance, reserveAsOf, reserveSource } = buffer;
    return {
      unallocatedBuffer: buffer.balance === null ? null : formatAmount(buffer.balance),
      minimumBuffer: formatAmount(minimumBuffer),
      centralReserve:
        reserveBalance === null || reserveAsOf === null
          ? null
          : { balance: formatAmount(reserveBalance), source: reserveSource ?? 'QUERY', asOf: reserveAsOf.toISOString(), ageMs: Math.max(0, this.clock.now().getTime() - reserveAsOf.getTime()) },
      reserveDifference: formatAmount(buffer.reserveDifference),
      alerts: [...(buffer.balance === null ? [] : bufferAlerts(buffer.balance, minimumBuffer)), ...(differs ? [Alert.RESERVE_DIFFERS] : [])],
    };
  }

  /** The newest first; one more than asked for tells whether there is another page. */
  async movements({ before, limit }: { before?: number | undefined; limit: number }): Promise<BufferMovementView[]> {
    const rows = await this.database.query<Omit<BufferMovementView, 'sequence' | 'amount' | 'balanceAfter' | 'movedAt'> & { sequence: bigint; amount: bigint; balanceAfter: bigint; movedAt: Date }>(
      `SELECT sequence, kind, amount, balance_after AS "balanceAfter", reference, clearing_house AS "clearingHouse", moved_at AS "movedAt"
       FROM quota_buffer_movement WHERE $1::bigint IS NULL OR sequence < $1 ORDER BY sequence DESC LIMIT $2`,
      [before ?? null, limit + 1],
    );
    return rows.map((row) => ({ ...row, sequence: Number(row.sequence), amount: formatAmount(row.amount), balanceAfter: formatAmount(row.balanceAfter), movedAt: row.movedAt.toISOString() }));
  }
}
