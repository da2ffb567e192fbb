import { Inject, Injectable } from '@nestjs/common';
import { Approvals, type Approval } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { Doorbells } from '@jinku/jobs';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { AccountRepository } from '../../account/persistence/account.repository.ts';
import type { KnownAccount } from '../../account/domain/known-account.ts';
import { HOLIDAYS, TRANSFERS_CONFIG, type TransfersConfig } from '../../config.ts';
import { planTransfer } from '../../transfer-order/domain/plan-transfer.ts';
import { TRANSFER_REFUSALS } from '../../transfer-order/domain/transfer-refusals.ts';
import { RULE_REFUSALS } from '../domain/rule-refusals.ts';
import { nextDueAt } from '../domain/schedule.ts';
import { scheduleOf, type TransferRuleContent } from '../domain/transfer-rule.ts';
import { TransferRuleRepository } from '../persistence/transfer-rule.repository.ts';

/** The kind of a rule's proposal in the table of approvals. */
export const RULE_PROPOSAL_KIND = 'transfers.rule';

export interface RuleProposal {
  /** The version that the maker saw; 0 for a new rule. */
  readonly basedOn: number;
  readonly content: TransferRuleContent;
}

export interface RuleChange extends RuleProposal {
  /** Null for a new rule. */
  readonly ruleId: string | null;
  readonly reason: string;
}

/** A rule is made, changed and switched off by two persons; each version stays on record. */
@Injectable()
export class ChangeRule {
  constructor(
    private readonly rules: TransferRuleRepository,
    private readonly accounts: AccountRepository,
    private readonly approvals: Approvals,
    private readonly audit: AuditTrail,
    private readonly doorbells: Doorbells,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(TRANSFERS_CONFIG) private readonly config: TransfersConfig,
  ) {}

  async propose(tx: Tx, { ruleId, basedOn, content, reason }: RuleChange, maker: Actor): Promise<{ id: string; ruleId: string; state: 'PROPOSED' }> {
    if (ruleId !== null) await this.#demandVersion(tx, ruleId, basedOn);
    await this.#checkPair(tx, content);
    const id = uuidv7();
    const subject = ruleId ?? uuidv7();
    const proposedAt = this.clock.now();
    const payload: RuleProposal = { basedOn, content };
    const expiresAt = new Date(proposedAt.getTime() + this.config.approvalLifetimeMs);
    await this.approvals.propose(tx, { id, kind: RULE_PROPOSAL_KIND, subject, payload, makerId: maker.id, reason, proposedAt, expiresAt });
    await this.audit.record(tx, { actor: maker, action: 'transfers.rule.propose', subject: `transfer-rule:${subject}`, reason, after: payload });
    return { id, ruleId: subject, state: 'PROPOSED' };
  }

  async approve(tx: Tx, id: string, { actor, reason }: { actor: Actor; reason: string }): Promise<Approval<RuleProposal>> {
    await this.#demandProposal(tx, id);
    const at = this.clock.now();
    const approval = await this.approvals.approve<RuleProposal>(tx, id, { personId: actor.id, note: reason, at });
    const { subject: ruleId, payload } = approval;
    const { basedOn, content } = payload;
    const before = basedOn === 0 ? null : await this.#demandVersion(tx, ruleId, basedOn);
    await this.#checkPair(tx, content);
    const schedule = scheduleOf(content);
    await this.rules.putInForce(tx, {
      ruleId,
      version: basedOn + 1,
      content,
      approvalId: id,
      makerId: approval.makerId,
      checkerId: actor.id,
      reason: approval.reason,
      inForceAt: at,
      nextDueAt: schedule === null ? null : nextDueAt(schedule, at, HOLIDAYS),
    });
    await this.audit.record(tx, { actor, action: 'transfers.rule.approve', subject: `transfer-rule:${ruleId}`, reason, before, after: content });
    tx.afterCommit(() => this.doorbells.ring('transfers.judge-rules'));
    return approval;
  }

  async reject(tx: Tx, id: string, given: { actor: Actor; reason: string }): Promise<Approval<RuleProposal>> {
    return this.#end(tx, id, { ...given, event: 'reject' });
  }

  async withdraw(tx: Tx, id: string, given: { actor: Actor; reason: string }): Promise<Approval<RuleProposal>> {
    return this.#end(tx, id, { ...given, event: 'withdraw' });
  }

  async #end(tx: Tx, id: string, { event, actor, reason }: { event: 'reject' | 'withdraw'; actor: Actor; reason: string }): Promise<Approval<RuleProposal>> {
    await this.#demandProposal(tx, id);
    const approval = await this.approvals[event]<RuleProposal>(tx, id, { personId: actor.id, note: reason, at: this.clock.now() });
    await this.audit.record(tx, { actor, action: `transfers.rule.${event}`, subject: `transfer-rule:${approval.subject}`, reason });
    return approval;
  }

  /** The service keeps the proposals of orders under the same roof; they have doors of their own. */
  async #demandProposal(tx: Tx, id: string): Promise<void> {
    const approval = await this.approvals.find(tx, id);
    if (approval?.kind !== RULE_PROPOSAL_KIND) throw RULE_REFUSALS.RULE_PROPOSAL_NOT_FOUND();
  }

  async #demandVersion(tx: Tx, ruleId: string, basedOn: number): Promise<TransferRuleContent> {
    const rule = await this.rules.lock(tx, ruleId);
    if (rule === null) throw RULE_REFUSALS.RULE_NOT_FOUND();
    if (rule.version === basedOn) return rule.content;
    throw RULE_REFUSALS.RULE_CHANGED_MEANWHILE({ violations: [{ field: 'basedOn', rule: `is the version in force, ${rule.version}` }] });
  }

  /** A rule that could never order is refused when it is made, and judged once more when it is approved. */
  async #checkPair(tx: Tx, content: TransferRuleContent): Promise<void> {
    const payer = await this.#account(tx, content.payerAccountId, 'payerAccountId');
    const payee = await this.#account(tx, content.payeeAccountId, 'payeeAccountId');
    const { draws } = planTransfer({ payer, payee, purpose: content.purpose, means: content.means }, 'content.');
    if (draws === 'QUOTA') checkOverReserve(content);
  }

  async #account(tx: Tx, id: string, field: string): Promise<KnownAccount> {
    const account = await this.accounts.find(tx, id);
    if (account === null) throw TRANSFER_REFUSALS.ACCOUNT_UNKNOWN({ violations: [{ field: `content.${field}`, rule: 'names an account of the register' }] });
    return account;
  }
}

function checkOverReserve({ trigger, amount, retainAmount }: TransferRuleContent): void {
  const violations = [
    ...(trigger.kind === 'SCHEDULE' ? [] : [{ field: 'content.trigger.kind', rule: 'is SCHEDULE over the central reserve' }]),
    ...(amount.mode === 'FIXED' ? [] : [{ field: 'content.amount.mode', rule: 'is FIXED over the central reserve' }]),
    ...(retainAmount === '0.00' ? [] : [{ field: 'content.retainAmount', rule: 'is "0.00" over the central reserve' }]),
  ];
  if (violations.length > 0) throw RULE_REFUSALS.RULE_OVER_RESERVE({ violations });
}
