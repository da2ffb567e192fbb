import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import type { Clock } from '@jinku/calendar';
import { payoutRequest, type PayoutRequest } from '@jinku/contracts';
import { Refusal } from '@jinku/errors';
import { Database, type Tx } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, once, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import type { z } from 'zod';
import { PAYOUT_REFUSALS } from '../domain/payout-refusals.ts';
import { ListPayouts, type PayoutView } from '../queries/list-payouts.ts';
import { AdmissionGroup } from '../use-cases/admission-group.ts';
import { readPayoutRequest, type Admission } from '../use-cases/admit-payouts.ts';
import { ControlPayout, type Controlled, type ControlCommand } from '../use-cases/control-payout.ts';
import { clientOf, controlledAnswer, idParameter, payoutAnswer, payoutBatchAnswer, payoutBatchBody, payoutPage, payoutQuery, payoutView, reasonBody } from './payout-bodies.ts';

/** Rows of a batch that share a transaction; between them other requests have their turn. */
const ROWS_MAX = 500;

type Reason = z.output<typeof reasonBody>;
type Row = z.output<typeof payoutBatchAnswer>['rows'][number];

@ApiTags('payouts')
@ApiBearerAuth()
@Controller('v1/payouts')
export class PayoutsController {
  constructor(
    private readonly database: Database,
    private readonly admission: AdmissionGroup,
    private readonly control: ControlPayout,
    private readonly list: ListPayouts,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** The request id is kept for ever and does what the idempotency key would: the key is demanded as of every write, and not looked at. */
  @Post()
  @Roles(Role.CLIENT, Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Ask for one payout; the same request id with the same content answers with the same payout' })
  @ApiResponse({ status: 201, standardSchema: payoutAnswer })
  @ApiResponse({ status: 200, standardSchema: payoutAnswer, description: 'The request was known already.' })
  async request(
    @Body({ schema: payoutRequest }) body: PayoutRequest,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() _key: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<z.output<typeof payoutAnswer>> {
    const { payoutId, requestId, state, isNew } = await this.admission.one(readPayoutRequest(body, { clientId: clientOf(actor), root: '' }));
    void reply.status(isNew ? 201 : 200);
    return { payoutId, requestId, state };
  }

  @Post('batch')
  @HttpCode(200)
  @Roles(Role.CLIENT, Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Ask for up to 10,000 payouts; each row is accepted or refused on its own' })
  @ApiResponse({ status: 200, standardSchema: payoutBatchAnswer })
  async requestBatch(
    @Body({ schema: payoutBatchBody }) body: z.output<typeof payoutBatchBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() _key: string,
  ): Promise<z.output<typeof payoutBatchAnswer>> {
    const clientId = clientOf(actor);
    const rows: Row[] = [];
    for (let start = 0; start < body.payouts.length; start += ROWS_MAX) {
      const reads = body.payouts.slice(start, start + ROWS_MAX).map((given, at) => readPayoutRequest(given, { clientId, root: `payouts[${start + at}]` }));
      const admissions = await this.admission.all(reads);
      admissions.forEach((admission, at) => rows.push(rowOf(admission, start + at)));
    }
    const refused = rows.filter((row) => row.refusal !== undefined).length;
    return { accepted: rows.length - refused, refused, rows };
  }

  @Get()
  @Roles(Role.CLIENT, ...ANY_PERSON)
  @ApiOperation({ summary: 'Payouts in the order of their arrival; a client sees its own' })
  @ApiResponse({ status: 200, standardSchema: payoutPage })
  async search(@Query({ schema: payoutQuery }) query: z.output<typeof payoutQuery>, @CurrentActor() actor: Actor): Promise<Page<PayoutView>> {
    const views = await this.list.execute({ ...query, clientId: actor.kind === 'CLIENT' ? actor.id : null });
    return pageOf(views, query.limit);
  }

  @Get(':id')
  @Roles(Role.CLIENT, ...ANY_PERSON)
  @ApiOperation({ summary: 'One payout, its payee masked' })
  @ApiResponse({ status: 200, standardSchema: payoutView })
  async find(@Param('id', { schema: idParameter }) payoutId: string, @CurrentActor() actor: Actor): Promise<PayoutView> {
    const payout = await this.list.find(payoutId);
    if (payout === null || (actor.kind === 'CLIENT' && payout.clientId !== actor.id)) throw PAYOUT_REFUSALS.PAYOUT_NOT_FOUND();
    return payout;
  }

  @Post(':id/hold')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Stop a payout that waits; it keeps its place' })
  @ApiResponse({ status: 200, standardSchema: controlledAnswer })
  hold(@Param('id', { schema: idParameter }) id: string, @Body({ schema: reasonBody }) body: Reason, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<Controlled> {
    return this.#controlled('hold', { payoutId: id, reason: body.reason, actor }, key, (tx, command) => this.control.hold(tx, command));
  }

  @Post(':id/release')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Put a held payout back at its place in the queue' })
  @ApiResponse({ status: 200, standardSchema: controlledAnswer })
  release(@Param('id', { schema: idParameter }) id: string, @Body({ schema: reasonBody }) body: Reason, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<Controlled> {
    return this.#controlled('release', { payoutId: id, reason: body.reason, actor }, key, (tx, command) => this.control.release(tx, command));
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Take a payout out of the queue for good, before any attempt has left' })
  @ApiResponse({ status: 200, standardSchema: controlledAnswer })
  cancel(@Param('id', { schema: idParameter }) id: string, @Body({ schema: reasonBody }) body: Reason, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<Controlled> {
    return this.#controlled('cancel', { payoutId: id, reason: body.reason, actor }, key, (tx, command) => this.control.cancel(tx, command));
  }

  @Post(':id/expedite')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Move a payout that waits before the others of its shard' })
  @ApiResponse({ status: 200, standardSchema: controlledAnswer })
  expedite(@Param('id', { schema: idParameter }) id: string, @Body({ schema: reasonBody }) body: Reason, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<Controlled> {
    return this.#controlled('expedite', { payoutId: id, reason: body.reason, actor }, key, (tx, command) => this.control.expedite(tx, command));
  }

  #controlled(
    verb: 'hold' | 'release' | 'cancel' | 'expedite',
    command: ControlCommand,
    key: string,
    work: (tx: Tx, command: ControlCommand) => Promise<Controlled>,
  ): Promise<Controlled> {
    const { actor, payoutId, reason } = command;
    const write = { actor, key, operation: `payouts.${verb}`, content: { payoutId, reason }, at: this.clock.now() };
    return this.database.transaction((tx) => once(tx, write, () => work(tx, command)));
  }
}

function rowOf(admission: Admission, index: number): Row {
  if (!(admission instanceof Refusal)) return { index, payoutId: admission.payoutId, requestId: admission.requestId, state: admission.state };
  return { index, refusal: { code: admission.code, detail: admission.message, violations: [...admission.violations] } };
}
