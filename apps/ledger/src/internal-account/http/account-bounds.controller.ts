import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Approvals, ApprovalState, type Approval } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { invalidRequest } from '@jinku/errors';
import { amountText, parseAmount } from '@jinku/money';
import { Database, type Tx } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, once, pageFields, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import { z } from 'zod';
import { BOUNDS_PROPOSAL_KIND, ChangeAccountBounds, type AccountBounds } from '../use-cases/change-account-bounds.ts';

const id = z.uuid();
const reason = z.string().trim().min(1, 'is not empty').max(200, 'has at most 200 characters');
const boundsBody = z.strictObject({ accountCode: z.string().max(64), balanceMin: amountText.nullable(), balanceMax: amountText.nullable(), reason });
const listQuery = z.strictObject({ state: z.enum(ApprovalState).optional(), accountCode: z.string().max(64).optional(), ...pageFields });
const boundsChange = z.object({
  id,
  state: z.enum(ApprovalState),
  accountCode: z.string(),
  balanceMin: z.string().nullable(),
  balanceMax: z.string().nullable(),
  reason: z.string(),
  proposedBy: z.string(),
  decidedBy: z.string().nullable(),
  expiresAt: z.iso.datetime(),
});
const decided = z.object({ id, state: z.enum(ApprovalState) });
type Decided = z.output<typeof decided>;

@ApiTags('internal accounts')
@ApiBearerAuth()
@Controller('v1/internal-accounts/bounds-changes')
export class AccountBoundsController {
  constructor(
    private readonly database: Database,
    private readonly approvals: Approvals,
    private readonly change: ChangeAccountBounds,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Changes of minimum and maximum that people proposed' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(boundsChange), next: id.nullable() }) })
  async list(@Query({ schema: listQuery }) { accountCode, ...query }: z.output<typeof listQuery>): Promise<Page<z.output<typeof boundsChange>>> {
    const rows = await this.approvals.list<AccountBounds>(this.database, { ...query, subject: accountCode, kinds: [BOUNDS_PROPOSAL_KIND] });
    return pageOf(rows.map(shown), query.limit);
  }

  @Post()
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Proposes the minimum and maximum of a linked account\'s internal account; null is none, a minimum of 0.00 forbids overdraft' })
  @ApiResponse({ status: 202, standardSchema: decided })
  async propose(@Body({ schema: boundsBody }) body: z.output<typeof boundsBody>, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<Decided> {
    const { accountCode: code, balanceMin, balanceMax, reason: why } = body;
    if (balanceMin !== null && balanceMax !== null && parseAmount(balanceMin)! > parseAmount(balanceMax)!) {
      throw invalidRequest([{ field: 'balanceMin', rule: 'is not above balanceMax' }]);
    }
    return this.once({ actor, key, operation: 'propose-bounds', content: body }, async (tx) => {
      const made = await this.change.propose(tx, actor, { bounds: { code, balanceMin, balanceMax }, reason: why });
      return { id: made.id, state: ApprovalState.PROPOSED };
    });
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Sets the proposed bounds; never by the person who proposed them' })
  @ApiResponse({ status: 200, standardSchema: decided })
  async approve(@Param('id', { schema: id }) proposalId: string, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<Decided> {
    return this.once({ actor, key, operation: 'approve-bounds', content: proposalId }, async (tx) => {
      const { state } = await this.change.approve(tx, actor, proposalId);
      return { id: proposalId, state };
    });
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Roles(Role.APPROVER, Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Turns proposed bounds down, or withdraws one\'s own' })
  @ApiResponse({ status: 200, standardSchema: decided })
  async reject(@Param('id', { schema: id }) proposalId: string, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<Decided> {
    return this.once({ actor, key, operation: 'reject-bounds', content: proposalId }, async (tx) => {
      const { state } = await this.change.reject(tx, actor, proposalId);
      return { id: proposalId, state };
    });
  }

  private once<T>(write: { actor: Actor; key: string; operation: string; content: unknown }, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction((tx) => once(tx, { ...write, at: this.clock.now() }, () => work(tx)));
  }
}

function shown(approval: Approval<AccountBounds>): z.output<typeof boundsChange> {
  const { code, balanceMin, balanceMax } = approval.payload;
  return {
    id: approval.id,
    state: approval.state,
    accountCode: code,
    balanceMin,
    balanceMax,
    reason: approval.reason,
    proposedBy: approval.makerId,
    decidedBy: approval.checkerId,
    expiresAt: approval.expiresAt.toISOString(),
  };
}
