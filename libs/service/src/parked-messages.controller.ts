import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { GENERAL_REFUSALS } from '@jinku/errors';
import { PARKED_MESSAGE_REFUSALS, ParkedMessages, ParkedState, type ParkedMessage } from '@jinku/messaging';
import { Database } from '@jinku/persistence';
import { z } from 'zod';
import { CurrentActor, Role, Roles, type Actor } from './actor.ts';
import { AuditTrail } from './audit-trail.ts';
import { IdempotencyKey, once } from './idempotency.ts';
import { maskedPayload } from './masked-payload.ts';
import { pageFields, pageOf, type Page } from './paging.ts';
import { CLOCK, SERVICE_NAME } from './tokens.ts';

const service = z.string().regex(/^[a-z-]{1,40}$/, 'is the name of a service');
const id = z.string().regex(/^\d{1,18}$/, 'is the number of a parked message');
const listQuery = z.strictObject({
  consumer: z.string().max(100).optional(),
  topic: z.string().max(100).optional(),
  state: z.enum(ParkedState).optional(),
  after: id.optional(),
  limit: pageFields.limit,
});
const decisionBody = z.strictObject({ reason: z.string().trim().min(1, 'is not empty').max(500, 'has at most 500 characters') });

const parkedMessage = z.object({
  id,
  consumer: z.string(),
  messageId: z.uuid(),
  topic: z.string(),
  partition: z.int(),
  offset: z.string(),
  key: z.string(),
  type: z.string(),
  state: z.enum(ParkedState),
  failure: z.string().nullable(),
  attempts: z.int(),
  parkedAt: z.iso.datetime(),
  decidedBy: z.string().nullable(),
  decisionReason: z.string().nullable(),
  settledAt: z.iso.datetime().nullable(),
});
const parkedMessageWithPayload = parkedMessage.extend({ payload: z.unknown() });
const decided = z.object({ id, state: z.enum([ParkedState.DUE, ParkedState.DISCARDED]) });
type Decided = z.output<typeof decided>;

/** The door of every service to the messages that it could not handle. At the gateway the name of the service says whose. */
@ApiTags('parked messages')
@ApiBearerAuth()
@Controller('v1/parked-messages/:service')
export class ParkedMessagesController {
  constructor(
    private readonly database: Database,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(SERVICE_NAME) private readonly serviceName: string,
  ) {}

  @Get()
  @Roles(Role.OPERATOR, Role.ADMIN, Role.AUDITOR)
  @ApiOperation({ summary: 'The messages that a service could not handle, oldest first; those that wait behind another one of their key stand as BEHIND' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(parkedMessage), next: id.nullable() }) })
  async list(
    @Param('service', { schema: service }) name: string,
    @Query({ schema: listQuery }) { state, limit, ...filter }: z.output<typeof listQuery>,
  ): Promise<Page<z.output<typeof parkedMessage>>> {
    this.demandOwn(name);
    const rows = await new ParkedMessages(this.database).list({ ...filter, states: state === undefined ? undefined : [state], limit: limit + 1 });
    return pageOf(rows.map(shown), limit);
  }

  @Get(':id')
  @Roles(Role.OPERATOR, Role.ADMIN, Role.AUDITOR)
  @ApiOperation({ summary: 'One parked message with the failure and its payload, in which everything that may be a person\'s is masked' })
  @ApiResponse({ status: 200, standardSchema: parkedMessageWithPayload })
  async get(@Param('service', { schema: service }) name: string, @Param('id', { schema: id }) messageId: string): Promise<z.output<typeof parkedMessageWithPayload>> {
    this.demandOwn(name);
    const found = await new ParkedMessages(this.database).find(messageId);
    if (found === null) throw PARKED_MESSAGE_REFUSALS.PARKED_MESSAGE_UNKNOWN();
    const { body, ...message } = found;
    return { ...shown(message), payload: maskedPayload(body) };
  }

  @Post(':id/replay')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Has the message handled again within a second, and then those behind it in order; it is parked again if it still fails' })
  @ApiResponse({ status: 200, standardSchema: decided })
  async replay(
    @Param('service', { schema: service }) name: string,
    @Param('id', { schema: id }) messageId: string,
    @Body({ schema: decisionBody }) { reason }: z.output<typeof decisionBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() key: string,
  ): Promise<Decided> {
    this.demandOwn(name);
    return this.decide({ action: 'replay', to: ParkedState.DUE, id: messageId, reason }, { actor, key });
  }

  @Post(':id/discard')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'The message has no effect, for ever; those behind it are handled' })
  @ApiResponse({ status: 200, standardSchema: decided })
  async discard(
    @Param('service', { schema: service }) name: string,
    @Param('id', { schema: id }) messageId: string,
    @Body({ schema: decisionBody }) { reason }: z.output<typeof decisionBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() key: string,
  ): Promise<Decided> {
    this.demandOwn(name);
    return this.decide({ action: 'discard', to: ParkedState.DISCARDED, id: messageId, reason }, { actor, key });
  }

  private demandOwn(name: string): void {
    if (name !== this.serviceName) throw GENERAL_REFUSALS.NOT_FOUND({ detail: `There is no service ${name} here.` });
  }

  private decide(
    { action, to, id: messageId, reason }: { action: 'replay' | 'discard'; to: Decided['state']; id: string; reason: string },
    { actor, key }: { actor: Actor; key: string },
  ): Promise<Decided> {
    const write = { actor, key, operation: `${action}-parked-message`, content: { messageId, reason }, at: this.clock.now() };
    return this.database.transaction((tx) =>
      once(tx, write, async () => {
        await new ParkedMessages(tx)[action]({ id: messageId, by: actor.id, reason });
        await this.audit.record(tx, { actor, action: `${this.serviceName}.parked-message.${action}`, subject: messageId, reason, before: ParkedState.PARKED, after: to });
        return { id: messageId, state: to };
      }),
    );
  }
}

function shown({ parkedAt, settledAt, ...message }: ParkedMessage): z.output<typeof parkedMessage> {
  return { ...message, parkedAt: parkedAt.toISOString(), settledAt: settledAt?.toISOString() ?? null };
}
