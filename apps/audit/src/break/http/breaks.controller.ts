import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { Database, type Tx } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, once, pageFields, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import { z } from 'zod';
import { CheckCode } from '../../check/domain/check-result.ts';
import { bankDate } from '../../statement/domain/bank-statement.ts';
import { BREAK_REFUSALS } from '../domain/break-refusals.ts';
import { BreakKind, BreakState } from '../domain/break-state.ts';
import { ListBreaks, type AgeGroup, type BreakView } from '../queries/list-breaks.ts';
import { ResolveBreak } from '../use-cases/resolve-break.ts';
import { TendBreak } from '../use-cases/tend-break.ts';

const breakId = z.uuid('is a break\'s id');
const listQuery = z.strictObject({
  ...pageFields,
  state: z.union([z.enum(BreakState), z.literal('OPEN')]).default('OPEN'),
  check: z.enum(CheckCode).optional(),
  kind: z.enum(BreakKind).optional(),
  subject: z.string().regex(/^[\w-]{1,64}$/, 'is an account\'s id, a clearing house or BOOKS').optional(),
  businessDate: z.iso.date().refine((text) => bankDate(text) !== null, 'is a date of this century').optional(),
  owner: z.string().regex(/^[\w.@:-]{1,64}$/, 'is a person\'s id').optional(),
});
const note = z.string().trim().min(1, 'is not empty').max(500, 'has at most 500 characters').regex(/^[^\0]*$/, 'has no zero bytes');
const noteBody = z.strictObject({ note });
const submitBody = z.strictObject({ explanation: note });
const assignBody = z.strictObject({ owner: z.string().regex(/^[\w.@:-]{1,64}$/, 'is a person\'s id') });
const breakView = z.object({
  id: z.uuid(),
  check: z.enum(CheckCode),
  subject: z.string(),
  kind: z.enum(BreakKind),
  businessDate: z.string(),
  reference: z.string(),
  amount: z.string(),
  evidence: z.record(z.string(), z.string()),
  state: z.enum(BreakState),
  owner: z.string().nullable(),
  ageDays: z.int(),
  foundAt: z.iso.datetime(),
  closedAt: z.iso.datetime().nullable(),
});
const breakWithEvents = breakView.extend({
  events: z.array(z.object({ event: z.string(), personId: z.string().nullable(), note: z.string().nullable(), recordedAt: z.iso.datetime() })),
});
const ageGroup = z.object({ kind: z.enum(BreakKind), daysFrom: z.int(), daysTo: z.int().nullable(), count: z.int(), amount: z.string() });
const moved = z.object({ id: z.uuid(), state: z.enum(BreakState) });
type Moved = z.output<typeof moved>;

@ApiTags('breaks')
@ApiBearerAuth()
@Controller('v1/audit/breaks')
export class BreaksController {
  constructor(
    private readonly database: Database,
    private readonly breaks: ListBreaks,
    private readonly tend: TendBreak,
    private readonly resolve: ResolveBreak,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Breaks, the oldest first: the open ones unless a state is named' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(breakView), next: z.uuid().nullable() }) })
  async list(@Query({ schema: listQuery }) { state, ...query }: z.output<typeof listQuery>): Promise<Page<BreakView>> {
    const states = state === 'OPEN' ? [BreakState.ADDED, BreakState.SUBMITTED] : [state];
    return pageOf(await this.breaks.page({ ...query, states }, this.clock.now()), query.limit);
  }

  @Get('ageing')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Open breaks by kind and age: how many and how much' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(ageGroup) }) })
  async ageing(): Promise<{ items: AgeGroup[] }> {
    return { items: await this.breaks.ageing(this.clock.now()) };
  }

  @Get(':id')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'One break with its evidence and everything that was done about it' })
  @ApiResponse({ status: 200, standardSchema: breakWithEvents })
  async get(@Param('id', { schema: breakId }) id: string): Promise<z.output<typeof breakWithEvents>> {
    const found = await this.breaks.find(id, this.clock.now());
    if (found === null) throw BREAK_REFUSALS.BREAK_NOT_FOUND();
    return { ...found, events: [...found.events] };
  }

  @Post(':id/assign')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.APPROVER)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Give an open break to a person' })
  @ApiResponse({ status: 200, standardSchema: moved })
  assign(@Param('id', { schema: breakId }) id: string, @Body({ schema: assignBody }) body: z.output<typeof assignBody>, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    return this.once({ actor, key, operation: 'assign', id, content: body }, (tx) => this.tend.assign(tx, actor, { id, ...body }));
  }

  @Post(':id/comments')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.APPROVER)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Add what was found out about a break' })
  @ApiResponse({ status: 200, standardSchema: moved })
  comment(@Param('id', { schema: breakId }) id: string, @Body({ schema: noteBody }) body: z.output<typeof noteBody>, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    return this.once({ actor, key, operation: 'comment', id, content: body }, (tx) => this.tend.comment(tx, actor, { id, ...body }));
  }

  @Post(':id/submit')
  @HttpCode(200)
  @Roles(Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Explain a break; another person reviews it' })
  @ApiResponse({ status: 200, standardSchema: moved })
  submit(@Param('id', { schema: breakId }) id: string, @Body({ schema: submitBody }) body: z.output<typeof submitBody>, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    return this.once({ actor, key, operation: 'submit', id, content: body }, (tx) => this.resolve.submit(tx, actor, { id, ...body }));
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Agree to the explanation of a break; never by the person who gave it' })
  @ApiResponse({ status: 200, standardSchema: moved })
  approve(@Param('id', { schema: breakId }) id: string, @Body({ schema: noteBody }) body: z.output<typeof noteBody>, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    return this.once({ actor, key, operation: 'approve', id, content: body }, (tx) => this.resolve.approve(tx, actor, { id, ...body }));
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Roles(Role.APPROVER, Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Turn the explanation of a break down, or take one\'s own back' })
  @ApiResponse({ status: 200, standardSchema: moved })
  reject(@Param('id', { schema: breakId }) id: string, @Body({ schema: noteBody }) body: z.output<typeof noteBody>, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    return this.once({ actor, key, operation: 'reject', id, content: body }, (tx) => this.resolve.reject(tx, actor, { id, ...body }));
  }

  private once(write: { actor: Actor; key: string; operation: string; id: string; content: unknown }, work: (tx: Tx) => Promise<Moved>): Promise<Moved> {
    const { actor, key, operation, id, content } = write;
    return this.database.transaction((tx) => once(tx, { actor, key, operation: `audit.break.${operation}:${id}`, content, at: this.clock.now() }, () => work(tx)));
  }
}
