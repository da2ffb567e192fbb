import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Approvals, type Approval } from '@jinku/approvals';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, CurrentActor, IdempotencyKey, IdempotentWrites, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import type { z } from 'zod';
import { ChangeRule, RULE_PROPOSAL_KIND, type RuleProposal } from '../use-cases/change-rule.ts';
import { decisionBody, proposalMoved, proposalPage, proposalQuery, ruleId, type RuleProposalView } from './transfer-rules.schemas.ts';

type Moved = z.output<typeof proposalMoved>;
type Decision = z.output<typeof decisionBody>;

@ApiTags('transfer rules')
@ApiBearerAuth()
@Controller('v1/transfer-rules/proposals')
export class RuleProposalsController {
  constructor(
    private readonly database: Database,
    private readonly writes: IdempotentWrites,
    private readonly approvals: Approvals,
    private readonly changeRule: ChangeRule,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Rules and versions of rules that people proposed' })
  @ApiResponse({ status: 200, standardSchema: proposalPage })
  async list(@Query({ schema: proposalQuery }) { ruleId: subject, ...query }: z.output<typeof proposalQuery>): Promise<Page<RuleProposalView>> {
    const rows = await this.approvals.list<RuleProposal>(this.database, { ...query, subject, kinds: [RULE_PROPOSAL_KIND] });
    return pageOf(rows.map(shown), query.limit);
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiOperation({ summary: 'Put a proposed version in force; never by the person who proposed it' })
  @ApiResponse({ status: 200, standardSchema: proposalMoved })
  approve(@Param('id', { schema: ruleId }) id: string, @Body({ schema: decisionBody }) body: Decision, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    return this.#act('approve', id, { body, key, actor });
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiOperation({ summary: 'Refuse a proposed version; never by the person who proposed it' })
  @ApiResponse({ status: 200, standardSchema: proposalMoved })
  reject(@Param('id', { schema: ruleId }) id: string, @Body({ schema: decisionBody }) body: Decision, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    return this.#act('reject', id, { body, key, actor });
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Take back one\'s own proposal' })
  @ApiResponse({ status: 200, standardSchema: proposalMoved })
  withdraw(@Param('id', { schema: ruleId }) id: string, @Body({ schema: decisionBody }) body: Decision, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    return this.#act('withdraw', id, { body, key, actor });
  }

  #act(verb: 'approve' | 'reject' | 'withdraw', id: string, { body, key, actor }: { body: Decision; key: string; actor: Actor }): Promise<Moved> {
    return this.writes.execute({ actor, key, operation: `transfer-rules.${verb}:${id}`, content: body }, async (tx) => {
      const { subject, state } = await this.changeRule[verb](tx, id, { actor, reason: body.reason });
      return { id, ruleId: subject, state };
    });
  }
}

function shown(approval: Approval<RuleProposal>): RuleProposalView {
  const { id, subject, state, payload, makerId, reason, proposedAt, expiresAt, checkerId } = approval;
  return {
    id,
    ruleId: subject,
    state,
    ...payload,
    proposedBy: makerId,
    reason,
    proposedAt: proposedAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    decidedBy: checkerId,
  };
}
