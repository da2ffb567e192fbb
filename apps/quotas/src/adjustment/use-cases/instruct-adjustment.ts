import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { SerialNumberBlocks, type QuotaAdjustmentInstruction } from '@jinku/connectors';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { QUOTAS_CONFIG, type QuotasConfig } from '../../config.ts';
import { GrantRepository } from '../../grant/persistence/grant.repository.ts';
import { quotaBook } from '../../quota/domain/quota.ts';
import { QuotaRepository } from '../../quota/persistence/quota.repository.ts';
import type { QuotaAdjustment } from '../domain/quota-adjustment.ts';
import { AdjustmentRepository } from '../persistence/adjustment.repository.ts';

/** An instruction is asked about when its sender has not told the answer by so long after the call's time-out. */
const SENDER_SILENT_MS = 1_000;

/**
 * Commits the serial number; only who gets the instruction sends it. A process that dies between the commit and the call leaves an INSTRUCTED
 * adjustment that is inquired about like any lost answer.
 */
@Injectable()
export class InstructAdjustment {
  constructor(
    private readonly database: Database,
    private readonly quotas: QuotaRepository,
    private readonly grants: GrantRepository,
    private readonly adjustments: AdjustmentRepository,
    private readonly serialNumbers: SerialNumberBlocks,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUOTAS_CONFIG) private readonly config: QuotasConfig,
  ) {}

  /** Null while a decrease is not covered, and when another process was first. */
  async execute({ id, clearingHouse, direction, amount }: QuotaAdjustment): Promise<QuotaAdjustmentInstruction | null> {
    const at = this.clock.now();
    const [serialNumber] = await this.serialNumbers.take(businessDateOf(at), 1);
    return this.database.transaction(async (tx) => {
      const quota = await this.quotas.lock(tx, clearingHouse);
      if (quota === null || serialNumber === undefined) return null;
      // What stays mapped has to cover what is granted, a recall that is not answered counting at its old total.
      if (direction === 'DECREASE' && quotaBook(quota, await this.grants.list(tx, clearingHouse)).ungranted < 0n) return null;
      const wallNow = this.clock.wallNow();
      const validUntil = new Date(wallNow + this.config.adjustmentValidityMs);
      const nextInquiryAt = new Date(wallNow + this.config.callTimeoutMs + SENDER_SILENT_MS);
      if (!(await this.adjustments.instruct(tx, id, { serialNumber, validUntil, nextInquiryAt }))) return null;
      await this.adjustments.insertEvent(tx, id, { state: 'INSTRUCTED', source: 'SERVICE', outcome: null, code: null, at });
      return { serialNumber, direction, amountMinor: amount, validUntil };
    });
  }
}
