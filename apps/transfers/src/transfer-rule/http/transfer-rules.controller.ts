import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { businessDate } from '@jinku/calendar';
import { ANY_PERSON, CurrentActor, IdempotencyKey, IdempotentWrites, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import type { z } from 'zod';
import { RULE_REFUSALS } from '../domain/rule-refusals.ts';
import { DryRunRule, type DryRunView } from '../queries/dry-run-rule.ts';
import { ListTransferRules, type RuleRunView, type RuleVersionView, type RuleView } from '../queries/list-transfer-rules.ts';
import { ChangeRule } from '../use-cases/change-rule.ts';
import { dryRunAnswer, dryRunBody, newRuleBody, proposalMoved, ruleId, rulePage, ruleQuery, ruleVersionBody, ruleWithVersions, runPage, runQuery } from './transfer-rules.schemas.ts';

type Moved = z.output<typeof proposalMoved>;

@ApiTags('transfer rules')
@ApiBearerAuth()
@Controller('v1/transfer-rules')
export class TransferRulesController {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly rules: ListTransferRules,
    private readonly dryRunRule: DryRunRule,
    private readonly changeRule: ChangeRule,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Transfer rules, each with the version in force' })
  @ApiResponse({ status: 200, standardSchema: rulePage })
  async list(@Query({ schema: ruleQuery }) query: z.output<typeof ruleQuery>): Promise<Page<RuleView>> {
    return pageOf(await this.rules.execute(query), query.limit);
  }

  @Get(':id')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'One rule with all its versions' })
  @ApiResponse({ status: 200, standardSchema: ruleWithVersions })
  async get(@Param('id', { schema: ruleId }) id: string): Promise<RuleView & { readonly versions: readonly RuleVersionView[] }> {
    const found = await this.rules.find(id);
    if (found === null) throw RULE_REFUSALS.RULE_NOT_FOUND();
    return found;
  }

  @Get(':id/runs')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'When the rule ordered, when not and why, and which times it missed; the newest first' })
  @ApiResponse({ status: 200, standardSchema: runPage })
  async runs(@Param('id', { schema: ruleId }) id: string, @Query({ schema: runQuery }) query: z.output<typeof runQuery>): Promise<Page<RuleRunView>> {
    return pageOf(await this.rules.runs(id, query), query.limit);
  }

  @Post('dry-run')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.APPROVER)
  @ApiOperation({ summary: 'What a rule would have done on past days; nothing is written' })
  @ApiResponse({ status: 200, standardSchema: dryRunAnswer })
  dryRun(@Body({ schema: dryRunBody }) { content, from, to }: z.output<typeof dryRunBody>): Promise<DryRunView> {
    return this.dryRunRule.execute(content, { from: businessDate(from), to: businessDate(to) });
  }

  @Post()
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Propose a new rule; it is in force when a second person approves' })
  @ApiResponse({ status: 202, standardSchema: proposalMoved })
  propose(@Body({ schema: newRuleBody }) body: z.output<typeof newRuleBody>, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    return this.writes.execute({ actor, key, operation: 'transfer-rules.propose', content: body }, (tx) =>
      this.changeRule.propose(tx, { ...body, ruleId: null, basedOn: 0 }, actor),
    );
  }

  @Post(':id/versions')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Propose another version of a rule, also to switch it off; it is in force when a second person approves' })
  @ApiResponse({ status: 202, standardSchema: proposalMoved })
  change(
    @Param('id', { schema: ruleId }) id: string,
    @Body({ schema: ruleVersionBody }) body: z.output<typeof ruleVersionBody>,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<Moved> {
    return this.writes.execute({ actor, key, operation: `transfer-rules.change:${id}`, content: body }, (tx) => this.changeRule.propose(tx, { ...body, ruleId: id }, actor));
  }
}
