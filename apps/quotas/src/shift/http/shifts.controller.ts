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
import { ADJUST_BELL } from '../../adjustment/jobs/adjust-quota.ts';
import { ShiftState } from '../domain/quota-shift.ts';
import { SHIFT_REFUSALS } from '../domain/shift-refusals.ts';
import { ListShifts, type ShiftView } from '../queries/list-shifts.ts';
import { AdvanceShift } from '../use-cases/advance-shift.ts';
import { ProposeShift } from '../use-cases/propose-shift.ts';
import { RequestShift } from '../use-cases/request-shift.ts';

const reason = z.string().trim().min(1, 'is not empty').max(200, 'has at most 200 characters');
const shiftId = z.uuid();
const shiftBody = z.strictObject({ fromHouse: z.enum(ClearingHouse), toHouse: z.enum(ClearingHouse), amount: positiveAmountText, reason });
const giveUpBody = z.strictObject({ reason });
const shiftQuery = z.strictObject(pageFields);
const proposedAnswer = z.object({ id: z.uuid(), state: z.enum(ApprovalState) });
const approvedAnswer = proposedAnswer.extend({ shiftId: z.uuid() });
const movedAnswer = z.object({ id: z.uuid(), state: z.enum(ShiftState) });
const shiftView = z.object({
  id: z.uuid(),
  fromHouse: z.enum(ClearingHouse),
  toHouse: z.enum(ClearingHouse),
  amount: z.string(),
  state: z.enum(ShiftState),
  decreaseId: z.uuid(),
  increaseId: z.uuid().nullable(),
  attempts: z.int(),
  reason: z.string(),
  requestedBy: z.string(),
  requestedAt: z.iso.datetime(),
});

@ApiTags('quota shifts')
@ApiBearerAuth()
@Controller('v1/quotas/shifts')
export class ShiftsController {
  constructor(
    private readonly database: Database,
    private readonly shifts: ListShifts,
    private readonly requestShift: RequestShift,
    private readonly proposeShift: ProposeShift,
    private readonly advanceShift: AdvanceShift,
    private readonly doorbells: Doorbells,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Shifts of quota between the clearing houses, the newest first' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(shiftView), next: z.uuid().nullable() }) })
  async list(@Query({ schema: shiftQuery }) query: z.output<typeof shiftQuery>): Promise<Page<ShiftView>> {
    return pageOf(await this.shifts.page(query), query.limit);
  }

  @Get(':id')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'One shift; its halves are adjustments' })
  @ApiResponse({ status: 200, standardSchema: shiftView })
  async get(@Param('id', { schema: shiftId }) id: string): Promise<ShiftView> {
    const shift = await this.shifts.find(id);
    if (shift === null) throw SHIFT_REFUSALS.SHIFT_NOT_FOUND();
    return shift;
  }

  @Post()
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Shift quota from one clearing house to the other: decreased first, increased when that is done' })
  @ApiResponse({ status: 202, standardSchema: movedAnswer })
  request(@Body({ schema: shiftBody }) body: z.output<typeof shiftBody>, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<z.output<typeof movedAnswer>> {
    const amount = parseAmount(body.amount);
    invariant(amount !== null, 'the schema has checked the amount');
    return this.database.transaction((tx) =>
      once(tx, { actor, key, operation: 'quotas.request-shift', content: body, at: this.clock.now() }, async () => {
        tx.afterCommit(() => this.doorbells.ring(ADJUST_BELL));
        return this.requestShift.execute(tx, { ...body, amount }, { by: 'ONE_PERSON', actor });
      }),
    );
  }

  @Post('proposals')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Propose a shift above what the policy lets one person shift alone; it begins when a second person approves' })
  @ApiResponse({ status: 202, standardSchema: proposedAnswer })
  propose(@Body({ schema: shiftBody }) body: z.output<typeof shiftBody>, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<z.output<typeof proposedAnswer>> {
    const { reason: why, ...proposed } = body;
    return this.database.transaction((tx) =>
      once(tx, { actor, key, operation: 'quotas.propose-shift', content: body, at: this.clock.now() }, () => this.proposeShift.propose(tx, proposed, { maker: actor, reason: why })),
    );
  }

  @Post('proposals/:id/approve')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiOperation({ summary: 'Approve a proposed shift, which begins at once; never by the person who proposed it' })
  @ApiResponse({ status: 200, standardSchema: approvedAnswer })
  approve(@Param('id', { schema: shiftId }) id: string, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<z.output<typeof approvedAnswer>> {
    return this.database.transaction((tx) =>
      once(tx, { actor, key, operation: 'quotas.approve-shift', content: id, at: this.clock.now() }, async () => {
        tx.afterCommit(() => this.doorbells.ring(ADJUST_BELL));
        return this.proposeShift.approve(tx, id, actor);
      }),
    );
  }

  @Post(':id/give-up')
  @HttpCode(200)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Leave the amount of a shift whose second half failed in the buffer, and try no more' })
  @ApiResponse({ status: 200, standardSchema: movedAnswer })
  giveUp(
    @Param('id', { schema: shiftId }) id: string,
    @Body({ schema: giveUpBody }) body: z.output<typeof giveUpBody>,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<z.output<typeof movedAnswer>> {
    return this.database.transaction((tx) =>
      once(tx, { actor, key, operation: `quotas.give-up-shift:${id}`, content: body, at: this.clock.now() }, () => this.advanceShift.giveUp(tx, id, { actor, reason: body.reason })),
    );
  }
}
