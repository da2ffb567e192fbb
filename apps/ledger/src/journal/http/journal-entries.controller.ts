import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { formatAmount, positiveAmountText } from '@jinku/money';
import { Database, type Tx } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, once, pageFields, pageOf, Role, Roles, type Actor } from '@jinku/service';
import { z } from 'zod';
import type { EntryDraft } from '../domain/journal-entry.ts';
import { LEDGER_REFUSALS } from '../domain/journal-refusals.ts';
import { JournalRepository } from '../persistence/journal.repository.ts';
import { ProposalRepository, ProposalState } from '../persistence/proposal.repository.ts';
import { ProposeEntry } from '../use-cases/propose-entry.ts';

const LINES_MAX = 200;
const id = z.uuid();
const reference = z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'is a reference: 1 to 64 letters, digits or _ . : -');
/** A description may be any words, but nothing that cuts a text or ends a line. */
const reason = z.string().trim().min(1, 'is not empty').max(200, 'has at most 200 characters').regex(/^[^\x00-\x1f]*$/, 'holds no control characters');

const entryQuery = z.strictObject({ reference, ...pageFields });
const proposalQuery = z.strictObject({ state: z.enum(ProposalState).optional(), ...pageFields });
const proposeBody = z.strictObject({
  unit: z.enum(['CNY', 'CNY.QUOTA']).default('CNY'),
  reference,
  valueDate: z.iso.date(),
  reason,
  lines: z
    .array(z.strictObject({ account: z.string().max(64), side: z.enum(['DEBIT', 'CREDIT']), amount: positiveAmountText }))
    .min(2)
    .max(LINES_MAX),
});
const reverseBody = z.strictObject({ reason });

const journalEntry = z.object({
  id,
  unit: z.string(),
  rule: z.string(),
  reference: z.string(),
  valueDate: z.string(),
  bookedAt: z.iso.datetime(),
  batchSequence: z.string(),
  lines: z.array(z.object({ account: z.string(), side: z.string(), amount: z.string() })),
  reverses: z.uuid().nullable(),
  description: z.string().nullable(),
});
const proposed = z.object({ proposalId: id, entryId: id, state: z.enum(ProposalState) });
const proposal = z.object({ id, kind: z.string(), state: z.enum(ProposalState), content: z.unknown(), reason: z.string(), proposedBy: z.string(), decidedBy: z.string().nullable(), entryId: id });

@ApiTags('journal')
@ApiBearerAuth()
@Controller('v1')
export class JournalEntriesController {
  constructor(
    private readonly database: Database,
    private readonly journal: JournalRepository,
    private readonly proposals: ProposalRepository,
    private readonly proposeEntry: ProposeEntry,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('journal-entries')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The entries of one reference, such as a payout\'s id' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(journalEntry), next: id.nullable() }) })
  async list(@Query({ schema: entryQuery }) query: z.output<typeof entryQuery>): Promise<{ items: readonly z.output<typeof journalEntry>[]; next: string | null }> {
    return pageOf((await this.journal.listByReference(this.database, query)).map(shown), query.limit);
  }

  @Get('journal-entries/proposals')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Entries that people proposed' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(proposal), next: id.nullable() }) })
  async listProposals(@Query({ schema: proposalQuery }) query: z.output<typeof proposalQuery>): Promise<{ items: readonly z.output<typeof proposal>[]; next: string | null }> {
    return pageOf(await this.proposals.list(this.database, query), query.limit);
  }

  @Get('journal-entries/:id')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'One entry with its lines' })
  @ApiResponse({ status: 200, standardSchema: journalEntry })
  async get(@Param('id', { schema: id }) entryId: string): Promise<z.output<typeof journalEntry>> {
    const entry = await this.journal.find(this.database, entryId);
    if (entry === null) throw LEDGER_REFUSALS.UNKNOWN_JOURNAL_ENTRY();
    return shown(entry);
  }

  @Post('journal-entries')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Proposes a balanced entry, such as opening balances; it is posted when a second person approves' })
  @ApiResponse({ status: 202, standardSchema: proposed })
  async propose(@Body({ schema: proposeBody }) body: z.output<typeof proposeBody>, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<z.output<typeof proposed>> {
    return this.once({ actor, key, operation: 'propose-entry', content: body }, async (tx) => {
      const { reason: why, ...content } = body;
      const made = await this.proposeEntry.propose(tx, actor, { content, reason: why });
      return { proposalId: made.id, entryId: made.entryId, state: ProposalState.PROPOSED };
    });
  }

  @Post('journal-entries/:id/reverse')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Proposes the reversal of an entry; it is posted when a second person approves' })
  @ApiResponse({ status: 202, standardSchema: proposed })
  async reverse(
    @Param('id', { schema: id }) entryId: string,
    @Body({ schema: reverseBody }) body: z.output<typeof reverseBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() key: string,
  ): Promise<z.output<typeof proposed>> {
    return this.once({ actor, key, operation: 'reverse-entry', content: { entryId, ...body } }, async (tx) => {
      const made = await this.proposeEntry.proposeReversal(tx, actor, { entryId, reason: body.reason });
      return { proposalId: made.id, entryId: made.entryId, state: ProposalState.PROPOSED };
    });
  }

  @Post('journal-entries/proposals/:id/approve')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Approves and posts a proposed entry; never by the person who proposed it' })
  @ApiResponse({ status: 200, standardSchema: proposed })
  async approve(@Param('id', { schema: id }) proposalId: string, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<z.output<typeof proposed>> {
    return this.once({ actor, key, operation: 'approve-entry', content: proposalId }, async (tx) => {
      const { entryId } = await this.proposeEntry.approve(tx, actor, proposalId);
      return { proposalId, entryId, state: ProposalState.APPROVED };
    });
  }

  @Post('journal-entries/proposals/:id/reject')
  @HttpCode(200)
  @Roles(Role.APPROVER, Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Turns a proposed entry down, or withdraws one\'s own' })
  @ApiResponse({ status: 200, standardSchema: z.object({ proposalId: id, state: z.enum(ProposalState) }) })
  async reject(@Param('id', { schema: id }) proposalId: string, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<{ proposalId: string; state: ProposalState }> {
    return this.once({ actor, key, operation: 'reject-entry', content: proposalId }, async (tx) => {
      await this.proposeEntry.reject(tx, actor, proposalId);
      return { proposalId, state: ProposalState.REJECTED };
    });
  }

  private once<T>(write: { actor: Actor; key: string; operation: string; content: unknown }, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction((tx) => once(tx, { ...write, at: this.clock.now() }, () => work(tx)));
  }
}

function shown(entry: EntryDraft & { bookedAt: Date; sequence: bigint }): z.output<typeof journalEntry> {
  return {
    id: entry.id,
    unit: entry.unit,
    rule: entry.rule,
    reference: entry.reference,
    valueDate: entry.valueDate,
    bookedAt: entry.bookedAt.toISOString(),
    batchSequence: String(entry.sequence),
    lines: entry.lines.map(({ account, amount }) => ({
      account,
      side: amount > 0n ? 'DEBIT' : 'CREDIT',
      amount: formatAmount(amount > 0n ? amount : -amount),
    })),
    reverses: entry.reverses ?? null,
    description: entry.description ?? null,
  };
}
