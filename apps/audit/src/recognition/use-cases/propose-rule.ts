import { Inject, Injectable } from '@nestjs/common';
import { Approvals, type Approval } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { AUDIT_CONFIG, type AuditConfig } from '../../config.ts';
import type { RuleContent } from '../domain/recognition-rule.ts';
import { RULE_REFUSALS } from '../domain/rule-refusals.ts';
import { RuleRepository } from '../persistence/rule.repository.ts';

export const RECOGNITION_RULE = 'RECOGNITION_RULE';

export interface RuleProposal {
  readonly ruleId: string;
  /** The version it becomes; 1 of a new rule. */
  readonly version: number;
  readonly content: RuleContent;
}

/** A rule gets a new version when a second person agrees. Entries that were recognised before keep the version that knew them. */
@Injectable()
export class ProposeRule {
  constructor(
    private readonly rules: RuleRepository,
    private readonly approvals: Approvals,
    private readonly audit: AuditTrail,
    @Inject(AUDIT_CONFIG) private readonly config: Pick<AuditConfig, 'proposalLifetimeMs'>,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Without an id, a new rule. */
  async propose(tx: Tx, actor: Actor, { ruleId, content, reason }: { ruleId?: string | undefined; content: RuleContent; reason: string }): Promise<Approval<RuleProposal>> {
    const versions = ruleId === undefined ? [] : await this.rules.listVersions(tx, ruleId);
    if (ruleId !== undefined && versions.length === 0) throw RULE_REFUSALS.RULE_NOT_FOUND();
    const [id, proposedAt] = [uuidv7(), this.clock.now()];
    const payload: RuleProposal = { ruleId: ruleId ?? uuidv7(), version: (versions.at(-1)?.version ?? 0) + 1, content };
    const expiresAt = new Date(proposedAt.getTime() + this.config.proposalLifetimeMs);
    await this.approvals.propose(tx, { id, kind: RECOGNITION_RULE, subject: payload.ruleId, payload, makerId: actor.id, reason, proposedAt, expiresAt });
    await this.audit.record(tx, { actor, action: 'audit.rule.propose', subject: `rule:${payload.ruleId}`, reason, after: payload });
    return this.demand(tx, id);
  }

  async approve(tx: Tx, actor: Actor, id: string): Promise<Approval<RuleProposal>> {
    const { payload } = await this.demand(tx, id);
    const at = this.clock.now();
    const approval = await this.approvals.approve<RuleProposal>(tx, id, { personId: actor.id, at });
    const { ruleId, version, content } = payload;
    if (!(await this.rules.insert(tx, { ...content, id: ruleId, version, approvedAt: at }))) throw RULE_REFUSALS.RULE_HAS_CHANGED();
    await this.audit.record(tx, { actor, action: 'audit.rule.approve', subject: `rule:${ruleId}`, after: payload });
    return approval;
  }

  /** Whoever proposed takes it back, anybody else turns it down. */
  async reject(tx: Tx, actor: Actor, id: string): Promise<Approval<RuleProposal>> {
    const { payload, makerId } = await this.demand(tx, id);
    const decision = { personId: actor.id, at: this.clock.now() };
    const isOwn = makerId === actor.id;
    const approval = isOwn ? await this.approvals.withdraw<RuleProposal>(tx, id, decision) : await this.approvals.reject<RuleProposal>(tx, id, decision);
    await this.audit.record(tx, { actor, action: `audit.rule.${isOwn ? 'withdraw' : 'reject'}`, subject: `rule:${payload.ruleId}` });
    return approval;
  }

  private async demand(tx: Tx, id: string): Promise<Approval<RuleProposal>> {
    const found = await this.approvals.find<RuleProposal>(tx, id);
    if (found?.kind !== RECOGNITION_RULE) throw RULE_REFUSALS.RULE_PROPOSAL_NOT_FOUND();
    return found;
  }
}
