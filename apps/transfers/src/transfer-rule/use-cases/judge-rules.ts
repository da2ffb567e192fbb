import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { Refusal } from '@jinku/errors';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { projectedMinor, type Position } from '../../account/domain/position.ts';
import { PositionRepository } from '../../account/persistence/position.repository.ts';
import { HOLIDAYS, TRANSFERS_CONFIG, type TransfersConfig } from '../../config.ts';
import { TransferOrderRepository } from '../../transfer-order/persistence/transfer-order.repository.ts';
import { PlaceTransfer } from '../../transfer-order/use-cases/place-transfer.ts';
import { judgeRule, QUIET_REASONS } from '../domain/judge-rule.ts';
import { nextDueAt } from '../domain/schedule.ts';
import { scheduleOf, type TransferRule } from '../domain/transfer-rule.ts';
import { TransferRuleRepository, type JudgedRule, type RuleRun } from '../persistence/transfer-rule.repository.ts';

type Verdict = { readonly orderId: string } | { readonly code: string };

/** Judges rules and places their orders. Whoever calls takes the payer's position first and the rule after it, so that no two wait for each other crosswise. */
@Injectable()
export class JudgeRules {
  constructor(
    private readonly rules: TransferRuleRepository,
    private readonly positions: PositionRepository,
    private readonly orders: TransferOrderRepository,
    private readonly place: PlaceTransfer,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRANSFERS_CONFIG) private readonly config: TransfersConfig,
  ) {}

  /** The payer's position was observed anew, or a sweep looks at it once more: each threshold rule over it is judged. */
  async onPosition(tx: Tx, payerAccountId: string): Promise<void> {
    await this.positions.lock(tx, payerAccountId);
    for (const rule of await this.rules.lockThresholdsOf(tx, payerAccountId)) {
      // Read for each rule: the one before may have reserved of it.
      const position = await this.positions.find(tx, payerAccountId);
      const verdict = await this.#judge(tx, rule, position);
      const code = 'code' in verdict ? verdict.code : null;
      const isNews = code === null || (code !== rule.lastCode && !QUIET_REASONS.includes(code));
      if (isNews) await this.rules.recordRun(tx, rule, this.#runOf(verdict, { position, dueAt: null }));
      if (code !== rule.lastCode) await this.rules.setLastCode(tx, rule.id, code);
    }
  }

  /** A scheduled time has come: it is judged once, or put on record as missed when it is too long ago. */
  async onDue(tx: Tx, { id, content }: TransferRule): Promise<void> {
    const position = await this.positions.lock(tx, content.payerAccountId);
    const rule = await this.rules.lock(tx, id);
    const schedule = rule === null ? null : scheduleOf(rule.content);
    if (rule === null || schedule === null) return;
    const at = this.clock.now();
    const dueAt = rule.nextDueAt;
    if (dueAt !== null && dueAt > at) return;
    if (dueAt !== null && rule.content.payerAccountId === content.payerAccountId) await this.#runAt(tx, rule, { dueAt, position, at });
    await this.rules.setNextDue(tx, id, nextDueAt(schedule, at, HOLIDAYS));
  }

  async #runAt(tx: Tx, rule: JudgedRule, { dueAt, position, at }: { dueAt: Date; position: Position | null; at: Date }): Promise<void> {
    if (at.getTime() - dueAt.getTime() > this.config.scheduleLateMs) {
      const missed = { id: uuidv7(), dueAt, observationId: null, projectedMinor: null, decision: 'MISSED', code: null, orderId: null, runAt: at } as const;
      return this.rules.recordRun(tx, rule, missed);
    }
    await this.rules.recordRun(tx, rule, this.#runOf(await this.#judge(tx, rule, position), { position, dueAt }));
  }

  /** An order, or why there is none. PlaceTransfer refuses before it writes anything, so a refusal has left nothing behind. */
  async #judge(tx: Tx, rule: JudgedRule, position: Position | null): Promise<Verdict> {
    const at = this.clock.now();
    const businessDate = businessDateOf(at);
    const { hasOpen, movedTodayMinor, lastFailedAt } = await this.orders.ofRule(tx, rule.id, businessDate);
    const judgement = judgeRule(rule.content, { position, hasOpenOrder: hasOpen, movedTodayMinor, lastFailedAt, at, businessDate }, this.config);
    if (!judgement.isOrdered) return { code: judgement.because };
    try {
      const order = await this.place.execute(tx, this.#orderOf(rule, judgement.amountMinor));
      return { orderId: order.id };
    } catch (error) {
      if (error instanceof Refusal) return { code: error.code };
      throw error;
    }
  }

  #orderOf({ id, version, makerId, content }: TransferRule, amountMinor: bigint): Parameters<PlaceTransfer['execute']>[1] {
    const { payerAccountId, payeeAccountId, purpose, means, reference, name } = content;
    return { payerAccountId, payeeAccountId, purpose, means, reference, amountMinor, makerId, reason: `Rule ${name}, version ${version}`, rule: { id, version } };
  }

  #runOf(verdict: Verdict, { position, dueAt }: { position: Position | null; dueAt: Date | null }): RuleRun {
    const isOrdered = 'orderId' in verdict;
    return {
      id: uuidv7(),
      dueAt,
      observationId: position?.observationId ?? null,
      projectedMinor: position === null ? null : projectedMinor(position),
      decision: isOrdered ? 'ORDERED' : 'NOT_ORDERED',
      code: isOrdered ? null : verdict.code,
      orderId: isOrdered ? verdict.orderId : null,
      runAt: this.clock.now(),
    };
  }
}
