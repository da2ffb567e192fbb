import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { quotaObservedV1 } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { Outbox, uuidv7 } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import { Database, type Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { QUOTAS_CONFIG, type QuotasConfig } from '../../config.ts';
import { AdjustmentRepository } from '../../adjustment/persistence/adjustment.repository.ts';
import { BufferRepository } from '../../buffer/persistence/buffer.repository.ts';
import { GrantRepository } from '../../grant/persistence/grant.repository.ts';
import { SetGrants } from '../../grant/use-cases/set-grants.ts';
import { AdvanceSession } from '../../session/use-cases/advance-session.ts';
import type { Quota } from '../domain/quota.ts';
import { JudgeFigure } from './judge-figure.ts';
import { QuotaRepository, type QuotaObservation } from '../persistence/quota.repository.ts';

/** Keeps what a house told of its quota, tells others when the mapping changed, and sets the grants. An older figure than the one held changes nothing. */
@Injectable()
export class RecordQuotaObservation {
  constructor(
    private readonly database: Database,
    private readonly quotas: QuotaRepository,
    private readonly grants: GrantRepository,
    private readonly adjustments: AdjustmentRepository,
    private readonly buffers: BufferRepository,
    private readonly sessions: AdvanceSession,
    private readonly setGrants: SetGrants,
    private readonly judgeFigure: JudgeFigure,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(QUOTAS_CONFIG) private readonly config: QuotasConfig,
  ) {}

  /**
   * `isSettlementKnown` is false when the house told its figure, but not afterwards how its sessions stand: a mapping that changed may hold a
   * settlement then, whose payouts and receipts would be counted twice. It waits for the next figure.
   */
  async execute({ isSettlementKnown, ...given }: Omit<QuotaObservation, 'id'> & { isSettlementKnown: boolean }): Promise<void> {
    const observation = { ...given, id: uuidv7() };
    await this.database.transaction(async (tx) => {
      const known = await this.quotas.lock(tx, given.clearingHouse);
      if (known !== null && known.asOf > given.asOf) return;
      if (known !== null && known.mapped !== given.mapped && !isSettlementKnown) return;
      if (differs(known, observation)) await this.quotas.insertObservation(tx, observation, this.clock.now());
      await this.quotas.upsert(tx, observation);
      await this.sessions.reflect(tx, given.clearingHouse, given.asOf);
      await this.#explain(tx, observation, await this.adjustments.reflect(tx, given.clearingHouse, given.askedAt));
      if (known === null) {
        const ids = Array.from({ length: this.config.payoutShards }, () => uuidv7());
        await this.grants.insertMissing(tx, given.clearingHouse, { holder: 'PAYOUTS', ids });
        await this.grants.insertMissing(tx, given.clearingHouse, { holder: 'TRANSFERS', ids: [uuidv7()] });
      }
      if (known?.mapped !== given.mapped) {
        await this.outbox.add(tx, quotaObservedV1, {
          observationId: observation.id,
          clearingHouse: given.clearingHouse,
          previousMapped: formatAmount(known?.mapped ?? 0n),
          mapped: formatAmount(given.mapped),
          source: given.source,
          asOf: given.asOf.toISOString(),
        });
      }
      const quota = await this.quotas.lock(tx, given.clearingHouse);
      invariant(quota !== null, 'the quota was just written');
      await this.judgeFigure.execute(tx, quota);
      await this.setGrants.execute(tx, quota);
    });
  }

  /**
   * What the mapping moved by without us, the buffer bears: at a settlement, or because the house says so. While an adjustment is on its way a
   * part of the change may be its doing; it is looked at again when nothing is.
   */
  async #explain(tx: Tx, { id, clearingHouse, mapped, asOf }: QuotaObservation, byUs: bigint): Promise<void> {
    const explained = (await this.quotas.explained(tx, clearingHouse)) + byUs;
    const isOpen = await this.adjustments.hasUnexplained(tx, clearingHouse);
    await this.quotas.setExplained(tx, clearingHouse, isOpen ? explained : mapped);
    if (isOpen || mapped === explained) return;
    await this.buffers.move(tx, { kind: 'MAPPING_MOVED', amount: explained - mapped, reference: id, clearingHouse, movedAt: asOf });
  }
}

/** The same figures again are not kept a second time: only `asOf` moves. */
function differs(known: Quota | null, observation: QuotaObservation): boolean {
  return known === null || known.mapped !== observation.mapped || known.railAvailable !== observation.railAvailable;
}
