import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Approvals, ApprovalState, type Approval } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { Database, type Tx } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, once, pageFields, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import { z } from 'zod';
import { RULE_KINDS, ruleContent } from '../domain/recognition-rule.ts';
import { RULE_REFUSALS } from '../domain/rule-refusals.ts';
import { RuleRepository, type RuleVersion } from '../persistence/rule.repository.ts';
import { ProposeRule, RECOGNITION_RULE, type RuleProposal } from '../use-cases/propose-rule.ts';

const id = z.uuid('is an id');
const reason = z.string().trim().min(1, 'is not empty').max(500, 'has at most 500 characters').regex(/^[^\0]*$/, 'has no zero bytes');
const proposeBody = z.strictObject({ ruleId: z.uuid().optional(), content: ruleContent, reason });
const proposalQuery = z.strictObject({ ...pageFields, state: z.enum(ApprovalState).optional() });
const rule = z.object({
  id: z.uuid(),
  version: z.int(),
  position: z.int(),
  name: z.string(),
  kind: z.enum(RULE_KINDS),
  condition: z.record(z.string(), z.unknown()),
  isInForce: z.boolean(),
  approvedAt: z.iso.datetime(),
});
const proposal = z.object({
  id: z.uuid(),
  ruleId: z.uuid(),
  version: z.int(),
  state: z.enum(ApprovalState),
  content: z.record(z.string(), z.unknown()),
  reason: z.string(),
  proposedBy: z.string(),
  decidedBy: z.string().nullable(),
  expiresAt: z.iso.datetime(),
});
type RuleView = z.output<typeof rule>;
type ProposalView = z.output<typeof proposal>;

@ApiTags('recognition rules')
@ApiBearerAuth()
@Controller('v1/audit/recognition-rules')
export class RulesController {
  constructor(
    private readonly database: Database,
    private readonly rules: RuleRepository,
    private readonly approvals: Approvals,
    private readonly proposeRule: ProposeRule,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The newest version of every recognition rule, in the order in which they are tried' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(rule) }) })
  async list(): Promise<{ items: RuleView[] }> {
    return { items: (await this.rules.listNewest(this.database)).map(shown) };
  }

  @Get('proposals')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Proposed versions of recognition rules, the oldest first' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(proposal), next: z.uuid().nullable() }) })
  async listProposals(@Query({ schema: proposalQuery }) query: z.output<typeof proposalQuery>): Promise<Page<ProposalView>> {
    const found = await this.approvals.list<RuleProposal>(this.database, { ...query, kinds: [RECOGNITION_RULE] });
    return pageOf(found.map(proposed), query.limit);
  }

  @Get(':id/versions')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Every version of one rule' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(rule) }) })
  async listVersions(@Param('id', { schema: id }) ruleId: string): Promise<{ items: RuleView[] }> {
    const versions = await this.rules.listVersions(this.database, ruleId);
    if (versions.length === 0) throw RULE_REFUSALS.RULE_NOT_FOUND();
    return { items: versions.map(shown) };
  }

  @Post('proposals')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Propose a new rule, or the next version of one; it holds when a second person approves' })
  @ApiResponse({ status: 202, standardSchema: proposal })
  propose(@Body({ schema: proposeBody }) body: z.output<typeof proposeBody>, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<ProposalView> {
    return this.once({ actor, key, operation: 'propose', content: body }, (tx) => this.proposeRule.propose(tx, actor, body));
  }

  @Post('proposals/:id/approve')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Approve a proposed rule; never by the person who proposed it' })
  @ApiResponse({ status: 200, standardSchema: proposal })
  approve(@Param('id', { schema: id }) proposalId: string, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<ProposalView> {
    return this.once({ actor, key, operation: 'approve', content: proposalId }, (tx) => this.proposeRule.approve(tx, actor, proposalId));
  }

  @Post('proposals/:id/reject')
  @HttpCode(200)
  @Roles(Role.APPROVER, Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Turn a proposed rule down, or take one\'s own back' })
  @ApiResponse({ status: 200, standardSchema: proposal })
  reject(@Param('id', { schema: id }) proposalId: string, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<ProposalView> {
    return this.once({ actor, key, operation: 'reject', content: proposalId }, (tx) => this.proposeRule.reject(tx, actor, proposalId));
  }

  private once(write: { actor: Actor; key: string; operation: string; content: unknown }, work: (tx: Tx) => Promise<Approval<RuleProposal>>): Promise<ProposalView> {
    const { actor, key, operation, content } = write;
    return this.database.transaction((tx) => once(tx, { actor, key, operation: `audit.rule.${operation}`, content, at: this.clock.now() }, async () => proposed(await work(tx))));
  }
}

function shown({ approvedAt, ...version }: RuleVersion): RuleView {
  return { ...version, approvedAt: approvedAt.toISOString() };
}

function proposed({ id: proposalId, payload, state, reason: why, makerId, checkerId, expiresAt }: Approval<RuleProposal>): ProposalView {
  const { ruleId, version, content } = payload;
  return { id: proposalId, ruleId, version, state, content, reason: why, proposedBy: makerId, decidedBy: checkerId, expiresAt: expiresAt.toISOString() };
}
