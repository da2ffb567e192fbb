import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Approvals, ApprovalState, type Approval } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { Database, type Tx } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, once, pageFields, pageOf, Role, Roles, type Actor } from '@jinku/service';
import { z } from 'zod';
import { LEDGER_REFUSALS } from '../domain/journal-refusals.ts';
import { EntryProposalKind, type EntryProposal } from '../domain/proposed-entry.ts';
import { ProposeEntry } from '../use-cases/propose-entry.ts';
import { entryFields, id, reason } from './entry-fields.ts';

const proposalQuery = z.strictObject({ state: z.enum(ApprovalState).optional(), ...pageFields });
const proposeBody = z.strictObject({ ...entryFields, reason });
const reverseBody = z.strictObject({ reason });

const decided = z.object({ proposalId: id, entryId: id, state: z.enum(ApprovalState) });
const proposal = z.object({
  id,
  kind: z.enum(EntryProposalKind),
  state: z.enum(ApprovalState),
  content: z.unknown(),
  reason: z.string(),
  proposedBy: z.string(),
  proposedAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  decidedBy: z.string().nullable(),
  entryId: id,
});
const proposalWithHistory = proposal.extend({
  decisions: z.array(z.object({ number: z.int(), event: z.string(), personId: z.string().nullable(), decidedAt: z.iso.datetime() })),
});

@ApiTags('journal')
@ApiBearerAuth()
@Controller('v1/journal-entries')
export class EntryProposalsController {
  constructor(
    private readonly database: Database,
    private readonly approvals: Approvals,
    private readonly proposeEntry: ProposeEntry,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('proposals')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Entries and reversals that people proposed' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(proposal), next: id.nullable() }) })
  async list(@Query({ schema: proposalQuery }) query: z.output<typeof proposalQuery>): Promise<{ items: readonly z.output<typeof proposal>[]; next: string | null }> {
    const rows = await this.approvals.list<EntryProposal>(this.database, { ...query, kinds: Object.values(EntryProposalKind) });
    return pageOf(rows.map(shown), query.limit);
  }

  @Get('proposals/:id')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'One proposal with everything that was decided on it' })
  @ApiResponse({ status: 200, standardSchema: proposalWithHistory })
  async get(@Param('id', { schema: id }) proposalId: string): Promise<z.output<typeof proposalWithHistory>> {
    const found = await this.approvals.find<EntryProposal>(this.database, proposalId);
    if (found === null || !Object.values<string>(EntryProposalKind).includes(found.kind)) throw LEDGER_REFUSALS.UNKNOWN_PROPOSAL();
    const decisions = await this.approvals.history(this.database, proposalId);
    return {
      ...shown(found),
      decisions: decisions.map(({ number, event, personId, decidedAt }) => ({ number, event, personId, decidedAt: decidedAt.toISOString() })),
    };
  }

  @Post()
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Proposes a balanced entry, such as opening balances; it is posted when a second person approves' })
  @ApiResponse({ status: 202, standardSchema: decided })
  async propose(@Body({ schema: proposeBody }) body: z.output<typeof proposeBody>, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<z.output<typeof decided>> {
    return this.once({ actor, key, operation: 'propose-entry', content: body }, async (tx) => {
      const { reason: why, ...content } = body;
      const made = await this.proposeEntry.propose(tx, actor, { content, reason: why });
      return { proposalId: made.id, entryId: made.entryId, state: ApprovalState.PROPOSED };
    });
  }

  @Post(':id/reverse')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Proposes the reversal of an entry; it is posted when a second person approves' })
  @ApiResponse({ status: 202, standardSchema: decided })
  async reverse(
    @Param('id', { schema: id }) entryId: string,
    @Body({ schema: reverseBody }) body: z.output<typeof reverseBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() key: string,
  ): Promise<z.output<typeof decided>> {
    return this.once({ actor, key, operation: 'reverse-entry', content: { entryId, ...body } }, async (tx) => {
      const made = await this.proposeEntry.proposeReversal(tx, actor, { entryId, reason: body.reason });
      return { proposalId: made.id, entryId: made.entryId, state: ApprovalState.PROPOSED };
    });
  }

  @Post('proposals/:id/approve')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Approves and posts a proposed entry; never by the person who proposed it' })
  @ApiResponse({ status: 200, standardSchema: decided })
  async approve(@Param('id', { schema: id }) proposalId: string, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<z.output<typeof decided>> {
    return this.once({ actor, key, operation: 'approve-entry', content: proposalId }, async (tx) => decidedOf(await this.proposeEntry.approve(tx, actor, proposalId)));
  }

  @Post('proposals/:id/reject')
  @HttpCode(200)
  @Roles(Role.APPROVER, Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Turns a proposed entry down, or withdraws one\'s own' })
  @ApiResponse({ status: 200, standardSchema: decided })
  async reject(@Param('id', { schema: id }) proposalId: string, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<z.output<typeof decided>> {
    return this.once({ actor, key, operation: 'reject-entry', content: proposalId }, async (tx) => decidedOf(await this.proposeEntry.reject(tx, actor, proposalId)));
  }

  private once<T>(write: { actor: Actor; key: string; operation: string; content: unknown }, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction((tx) => once(tx, { ...write, at: this.clock.now() }, () => work(tx)));
  }
}

function decidedOf({ id: proposalId, payload, state }: Approval<EntryProposal>): z.output<typeof decided> {
  return { proposalId, entryId: payload.entryId, state };
}

function shown(approval: Approval<EntryProposal>): z.output<typeof proposal> {
  const { entryId, ...content } = approval.payload;
  return {
    id: approval.id,
    kind: approval.kind as EntryProposalKind,
    state: approval.state,
    content: content.content ?? content,
    reason: approval.reason,
    proposedBy: approval.makerId,
    proposedAt: approval.proposedAt.toISOString(),
    expiresAt: approval.expiresAt.toISOString(),
    decidedBy: approval.checkerId,
    entryId,
  };
}
