import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { formatAmount } from '@jinku/money';
import { Database, type Tx } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, once, pageFields, pageOf, Role, Roles, type Actor } from '@jinku/service';
import { z } from 'zod';
import { LEDGER_REFUSALS } from '../domain/journal-refusals.ts';
import { PendingEntryState } from '../domain/pending-entry-state.ts';
import { PendingEntryRepository, type PendingEntry } from '../persistence/pending-entry.repository.ts';
import { SettlePendingEntryByPerson } from '../use-cases/settle-pending-entry-by-person.ts';
import { entryFields, id, reason, reference } from './entry-fields.ts';

const listQuery = z.strictObject({ state: z.enum(PendingEntryState).optional(), reference: reference.optional(), ...pageFields });
const holdBody = z.strictObject({ ...entryFields, reason, expiresAt: z.iso.datetime() });
const voidBody = z.strictObject({ reason });

const settled = z.object({ id, state: z.enum(PendingEntryState), entryId: id.nullable() });
const pendingEntry = z.object({
  id,
  state: z.enum(PendingEntryState),
  unit: z.string(),
  rule: z.string(),
  reference: z.string(),
  valueDate: z.string(),
  lines: z.array(z.object({ account: z.string(), side: z.string(), amount: z.string() })),
  description: z.string().nullable(),
  expiresAt: z.iso.datetime(),
  heldBy: z.string().nullable(),
});

@ApiTags('pending entries')
@ApiBearerAuth()
@Controller('v1/pending-entries')
export class PendingEntriesController {
  constructor(
    private readonly database: Database,
    private readonly pending: PendingEntryRepository,
    private readonly settle: SettlePendingEntryByPerson,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Two-phase entries: what is held, and what became of it' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(pendingEntry), next: id.nullable() }) })
  async list(@Query({ schema: listQuery }) query: z.output<typeof listQuery>): Promise<{ items: readonly z.output<typeof pendingEntry>[]; next: string | null }> {
    return pageOf((await this.pending.list(this.database, query)).map(shown), query.limit);
  }

  @Get(':id')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'One pending entry' })
  @ApiResponse({ status: 200, standardSchema: pendingEntry })
  async get(@Param('id', { schema: id }) pendingId: string): Promise<z.output<typeof pendingEntry>> {
    const entry = await this.pending.find(this.database, pendingId);
    if (entry === null) throw LEDGER_REFUSALS.UNKNOWN_PENDING_ENTRY();
    return shown(entry);
  }

  @Post()
  @HttpCode(201)
  @Roles(Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Holds the amounts of an entry against the accounts\' rules until it is posted, voided, or its time is over; nothing is posted yet' })
  @ApiResponse({ status: 201, standardSchema: settled })
  async hold(@Body({ schema: holdBody }) body: z.output<typeof holdBody>, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<z.output<typeof settled>> {
    return this.once({ actor, key, operation: 'hold-entry', content: body }, async (tx) => {
      const { reason: why, expiresAt, ...content } = body;
      const held = await this.settle.hold(tx, actor, { content, reason: why, expiresAt: new Date(expiresAt) });
      return { id: held.id, state: PendingEntryState.PENDING, entryId: null };
    });
  }

  @Post(':id/post')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Posts a pending entry and gives its hold back; never by the person who held it' })
  @ApiResponse({ status: 200, standardSchema: settled })
  async post(@Param('id', { schema: id }) pendingId: string, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<z.output<typeof settled>> {
    return this.once({ actor, key, operation: 'post-pending-entry', content: pendingId }, async (tx) => {
      const { entryId } = await this.settle.post(tx, actor, pendingId);
      return { id: pendingId, state: PendingEntryState.POSTED, entryId };
    });
  }

  @Post(':id/void')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.APPROVER)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Gives a pending entry up: its hold ends and nothing is posted' })
  @ApiResponse({ status: 200, standardSchema: settled })
  async void(
    @Param('id', { schema: id }) pendingId: string,
    @Body({ schema: voidBody }) body: z.output<typeof voidBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() key: string,
  ): Promise<z.output<typeof settled>> {
    return this.once({ actor, key, operation: 'void-pending-entry', content: { pendingId, ...body } }, async (tx) => {
      await this.settle.void(tx, actor, { id: pendingId, reason: body.reason });
      return { id: pendingId, state: PendingEntryState.VOIDED, entryId: null };
    });
  }

  private once<T>(write: { actor: Actor; key: string; operation: string; content: unknown }, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction((tx) => once(tx, { ...write, at: this.clock.now() }, () => work(tx)));
  }
}

function shown({ expiresAt, lines, ...entry }: PendingEntry): z.output<typeof pendingEntry> {
  return {
    ...entry,
    lines: lines.map(({ account, amount }) => ({ account, side: amount > 0n ? 'DEBIT' : 'CREDIT', amount: formatAmount(amount > 0n ? amount : -amount) })),
    description: entry.description ?? null,
    expiresAt: expiresAt.toISOString(),
  };
}
