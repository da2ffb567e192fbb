import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Approvals, ApprovalState, type Approval } from '@jinku/approvals';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { Database, type Tx } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, once, pageFields, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import { z } from 'zod';
import { quotaPolicyText } from '../domain/quota-policy.ts';
import { QuotaPolicyRepository, type DatedPolicy } from '../persistence/quota-policy.repository.ts';
import { ChangeQuotaPolicy, POLICY_CHANGE, type ProposedPolicy } from '../use-cases/change-quota-policy.ts';

const reason = z.string().trim().min(1, 'is not empty').max(200, 'has at most 200 characters');
const id = z.uuid();
const proposeBody = z.strictObject({ effectiveOn: z.iso.date(), content: quotaPolicyText, reason });
const rejectBody = z.strictObject({ reason });
const proposalQuery = z.strictObject({ state: z.enum(ApprovalState).optional(), ...pageFields });
const decided = z.object({ id, state: z.enum(ApprovalState) });
const policyInForce = z.object({ version: z.int(), effectiveOn: z.iso.date().nullable(), content: quotaPolicyText });
const proposal = z.object({
  ...{ id, state: z.enum(ApprovalState), effectiveOn: z.iso.date(), content: quotaPolicyText, reason: z.string(), proposedBy: z.string() },
  decidedBy: z.string().nullable(),
});

@ApiTags('quota policy')
@ApiBearerAuth()
@Controller('v1/quotas/policy')
export class QuotaPolicyController {
  constructor(
    private readonly database: Database,
    private readonly policies: QuotaPolicyRepository,
    private readonly approvals: Approvals,
    private readonly change: ChangeQuotaPolicy,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The policy in force today: how each clearing house counts, the minimum buffer, what rules may do' })
  @ApiResponse({ status: 200, standardSchema: policyInForce })
  read(): Promise<DatedPolicy> {
    return this.policies.datedOn(this.database, businessDateOf(this.clock.now()));
  }

  @Get('proposals')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Changes of the policy that people proposed' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(proposal), next: id.nullable() }) })
  async list(@Query({ schema: proposalQuery }) query: z.output<typeof proposalQuery>): Promise<Page<z.output<typeof proposal>>> {
    const rows = await this.approvals.list<ProposedPolicy>(this.database, { ...query, kinds: [POLICY_CHANGE] });
    return pageOf(rows.map(shown), query.limit);
  }

  @Post('proposals')
  @HttpCode(202)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Propose a policy from a date on; it is in force when a second person approves' })
  @ApiResponse({ status: 202, standardSchema: decided })
  propose(@Body({ schema: proposeBody }) body: z.output<typeof proposeBody>, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<z.output<typeof decided>> {
    const { reason: why, ...proposed } = body;
    return this.once({ actor, key, operation: 'quotas.propose-policy', content: body }, (tx) => this.change.propose(tx, proposed, { maker: actor, reason: why }));
  }

  @Post('proposals/:id/approve')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiOperation({ summary: 'Approve a proposed policy; never by the person who proposed it' })
  @ApiResponse({ status: 200, standardSchema: decided })
  approve(@Param('id', { schema: id }) proposalId: string, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<z.output<typeof decided>> {
    return this.once({ actor, key, operation: 'quotas.approve-policy', content: proposalId }, (tx) => this.change.approve(tx, proposalId, actor));
  }

  @Post('proposals/:id/reject')
  @HttpCode(200)
  @Roles(Role.APPROVER, Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Turn a proposed policy down, or withdraw one\'s own' })
  @ApiResponse({ status: 200, standardSchema: decided })
  reject(
    @Param('id', { schema: id }) proposalId: string,
    @Body({ schema: rejectBody }) body: z.output<typeof rejectBody>,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<z.output<typeof decided>> {
    const write = { actor, key, operation: 'quotas.reject-policy', content: { proposalId, ...body } };
    return this.once(write, (tx) => this.change.reject(tx, proposalId, { person: actor, note: body.reason }));
  }

  private once<T>(write: { actor: Actor; key: string; operation: string; content: unknown }, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction((tx) => once(tx, { ...write, at: this.clock.now() }, () => work(tx)));
  }
}

function shown({ id: proposalId, state, payload, reason: why, makerId, checkerId }: Approval<ProposedPolicy>): z.output<typeof proposal> {
  return { id: proposalId, state, ...payload, reason: why, proposedBy: makerId, decidedBy: checkerId };
}
