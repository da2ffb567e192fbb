import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApprovalState } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { ClearingHouse } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { Doorbells } from '@jinku/jobs';
import { parseAmount, positiveAmountText } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, once, pageFields, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import { z } from 'zod';
import { ADJUSTMENT_REFUSALS } from '../domain/adjustment-refusals.ts';
import { AdjustmentDirection, AdjustmentState } from '../domain/quota-adjustment.ts';
import { ListAdjustments, type AdjustmentEventView, type AdjustmentView } from '../queries/list-adjustments.ts';
import { CancelAdjustment } from '../use-cases/cancel-adjustment.ts';
import { ProposeIncrease } from '../use-cases/propose-increase.ts';
import { RequestAdjustment } from '../use-cases/request-adjustment.ts';

const reason = z.string().trim().min(1, 'is not empty').max(200, 'has at most 200 characters');
const adjustmentId = z.uuid();
const adjustmentBody = z.strictObject({ clearingHouse: z.enum(ClearingHouse), direction: z.enum(AdjustmentDirection), amount: positiveAmountText, reason });
const cancelBody = z.strictObject({ reason });
const proposeBody = z.strictObject({ clearingHouse: z.enum(ClearingHouse), amount: positiveAmountText, reason });
const adjustmentQuery = z.strictObject(pageFields);
const instant = z.iso.datetime();

const adjustmentView = z.object({
  id: z.uuid(),
  clearingHouse: z.enum(ClearingHouse),
  direction: z.enum(AdjustmentDirection),
  amount: z.string(),
  state: z.enum(AdjustmentState),
  reason: z.string(),
  requestedBy: z.string(),
  requestedAt: instant,
  serialNumber: z.string().nullable(),
  code: z.string().nullable(),
  concludedAt: instant.nullable(),
  reflectedAt: instant.nullable(),
});
const adjustmentEvent = z.object({ state: z.enum(AdjustmentState), source: z.string(), outcome: z.string().nullable(), code: z.string().nullable(), recordedAt: instant });
const adjustmentWithEvents = adjustmentView.extend({ events: z.array(adjustmentEvent) });
const adjustmentPage = z.object({ items: z.array(adjustmentView), next: z.uuid().nullable() });
const proposalAnswer = z.object({ id: z.uuid(), state: z.enum(ApprovalState) });
const movedAnswer = z.object({ id: z.uuid(), state: z.enum(AdjustmentState) });

@ApiTags('quota adjustments')
@ApiBearerAuth()
@Controller('v1/quotas/adjustments')
export class AdjustmentsController {
  constructor(
    private readonly database: Database,
    private readonly adjustments: ListAdjustments,
    private readonly requestAdjustment: RequestAdjustment,
    private readonly cancelAdjustment: CancelAdjustment,
    private readonly proposeIncrease: ProposeIncrease,
    private readonly doorbells: Doorbells,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Adjustments of the mapped quota, the newest first' })
  @ApiResponse({ status: 200, standardSchema: adjustmentPage })
  async list(@Query({ schema: adjustmentQuery }) query: z.output<typeof adjustmentQuery>): Promise<Page<AdjustmentView>> {
    return pageOf(await this.adjustments.page(query), query.limit);
  }

  @Get(':id')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'One adjustment with everything that was told of it' })
  @ApiResponse({ status: 200, standardSchema: adjustmentWithEvents })
  async get(@Param('id', { schema: adjustmentId }) id: string): Promise<AdjustmentView & { readonly events: readonly AdjustmentEventView[] }> {
    const adjustment = await this.adjustments.find(id);
    if (adjustment === null) throw ADJUSTMENT_REFUSALS.ADJUSTMENT_NOT_FOUND();
    return adjustment;
  }

  @Post()
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Increase or decrease the quota mapped to a clearing house; a decrease leaves once the grants above the rest have been recalled' })
  @ApiResponse({ status: 202, standardSchema: movedAnswer })
  request(
    @Body({ schema: adjustmentBody }) body: z.output<typeof adjustmentBody>,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<{ id: string; state: 'PLANNED' }> {
    const amount = parseAmount(body.amount);
    invariant(amount !== null, 'the schema has checked the amount');
    return this.database.transaction((tx) =>
      once(tx, { actor, key, operation: 'quotas.request-adjustment', content: body, at: this.clock.now() }, async () => {
        tx.afterCommit(() => this.doorbells.ring('quotas.adjust'));
        return this.requestAdjustment.execute(tx, { ...body, amount }, { actor, allowance: 'TO_MINIMUM' });
      }),
    );
  }

  @Post('proposals')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Propose an increase that takes the buffer below its minimum; it is asked for when a second person approves' })
  @ApiResponse({ status: 202, standardSchema: proposalAnswer })
  propose(@Body({ schema: proposeBody }) body: z.output<typeof proposeBody>, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<z.output<typeof proposalAnswer>> {
    const { reason: why, ...proposed } = body;
    return this.database.transaction((tx) =>
      once(tx, { actor, key, operation: 'quotas.propose-increase', content: body, at: this.clock.now() }, () =>
        this.proposeIncrease.propose(tx, proposed, { maker: actor, reason: why }),
      ),
    );
  }

  @Post('proposals/:id/approve')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiOperation({ summary: 'Approve an increase below the minimum buffer; never by the person who proposed it' })
  @ApiResponse({ status: 200, standardSchema: proposalAnswer })
  approve(@Param('id', { schema: adjustmentId }) id: string, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<z.output<typeof proposalAnswer>> {
    return this.database.transaction((tx) =>
      once(tx, { actor, key, operation: 'quotas.approve-increase', content: id, at: this.clock.now() }, async () => {
        tx.afterCommit(() => this.doorbells.ring('quotas.adjust'));
        return this.proposeIncrease.approve(tx, id, actor);
      }),
    );
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Take back an adjustment that has not left for the clearing house' })
  @ApiResponse({ status: 200, standardSchema: movedAnswer })
  cancel(
    @Param('id', { schema: adjustmentId }) id: string,
    @Body({ schema: cancelBody }) body: z.output<typeof cancelBody>,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<{ id: string; state: 'CANCELLED' }> {
    return this.database.transaction((tx) =>
      once(tx, { actor, key, operation: `quotas.cancel-adjustment:${id}`, content: body, at: this.clock.now() }, () =>
        this.cancelAdjustment.execute(tx, { id, reason: body.reason, actor }),
      ),
    );
  }
}
