import { Controller } from '@nestjs/common';
import { Payload } from '@nestjs/microservices';
import { railNoticeReceivedV1, type RailNoticeReceivedV1 } from '@jinku/contracts';
import { MessageBatchHandler, type MessageBatch } from '@jinku/messaging';
import { parseAmount } from '@jinku/money';
import { RecordReserve } from '../../buffer/use-cases/record-reserve.ts';
import { PositionRepository } from '../../position/persistence/position.repository.ts';
import { RecordPosition } from '../../position/use-cases/record-position.ts';
import { CollectQuota } from '../../quota/jobs/collect-quota.ts';
import { CountSessionItems, type SessionItem } from '../../session/use-cases/count-session-items.ts';
import { RecordAdjustmentOutcome } from '../use-cases/record-adjustment-outcome.ts';

/** What a house tells by itself of its quota and of the central reserve. A figure of quota is never taken from a notice: it is asked for anew. */
@Controller()
export class QuotaNoticesConsumer {
  constructor(
    private readonly recordOutcome: RecordAdjustmentOutcome,
    private readonly recordReserve: RecordReserve,
    private readonly countSessionItems: CountSessionItems,
    private readonly positions: PositionRepository,
    private readonly recordPosition: RecordPosition,
    private readonly collectQuota: CollectQuota,
  ) {}

  @MessageBatchHandler({ consumer: 'quotas.rail-notices', contracts: [railNoticeReceivedV1] })
  async handle(@Payload() batch: MessageBatch<RailNoticeReceivedV1>): Promise<void> {
    const notices = batch.messages.map(({ data }) => data).filter(({ kind }) => kind === 'QUOTA_ADJUSTED' || kind === 'QUOTA_CHANGED');
    for (const { kind, serialNumber, outcome, code, railReference, amount } of notices) {
      if (kind !== 'QUOTA_ADJUSTED' || (outcome !== 'SUCCEEDED' && outcome !== 'FAILED')) continue;
      // A notice without an amount fits no adjustment, and decides nothing.
      const amountMinor = parseAmount(amount ?? '') ?? -1n;
      await this.recordOutcome.execute(batch.tx, { serialNumber, source: 'NOTICE', outcome, code: code ?? null, railReference: railReference ?? null, amountMinor });
    }
    await this.#countReturns(batch);
    await this.#recordMovements(batch);
    if (notices.length > 0 || batch.messages.some(({ data }) => data.kind === 'RESERVE_MOVED' || data.kind === 'SESSION_RESULT')) batch.tx.afterCommit(() => this.collectQuota.ring());
  }

  async #countReturns({ tx, messages }: MessageBatch<RailNoticeReceivedV1>): Promise<void> {
    const returns = messages.flatMap(({ data }): SessionItem[] => {
      const amount = parseAmount(data.amount ?? '');
      if (data.kind !== 'PAYOUT_RETURNED' || amount === null || amount === 0n || data.clearingDate === undefined) return [];
      return [{ kind: 'RETURN', reference: `${data.clearingHouse}:${data.noticeId}`, clearingHouse: data.clearingHouse, clearingDate: data.clearingDate, amount }];
    });
    if (returns.length > 0) await this.countSessionItems.execute(tx, returns);
  }

  /** After the adjustments: the buffer is locked after the houses. */
  async #recordMovements({ tx, messages }: MessageBatch<RailNoticeReceivedV1>): Promise<void> {
    for (const { data } of messages) {
      const amount = parseAmount(data.amount ?? '');
      const balanceAfter = parseAmount(data.reserve?.balanceAfter ?? '');
      if (data.kind !== 'RESERVE_MOVED' || data.reserve === undefined || amount === null || balanceAfter === null) continue;
      const reserve = await this.positions.findReserve(tx);
      if (reserve !== null) await this.recordPosition.execute(tx, { accountId: reserve.accountId, balance: balanceAfter, source: 'NOTICE', asOf: new Date(data.occurredAt) });
      await this.recordReserve.move(tx, {
        movementNumber: data.serialNumber,
        amount: data.reserve.direction === 'CREDIT' ? amount : -amount,
        balanceAfter,
        payerReference: data.reserve.payerReference ?? null,
        purpose: data.reserve.purpose ?? null,
        occurredAt: new Date(data.occurredAt),
      });
    }
  }
}
