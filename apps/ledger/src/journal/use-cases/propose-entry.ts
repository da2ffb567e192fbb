import { Inject, Injectable } from '@nestjs/common';
import { Approvals, type Approval } from '@jinku/approvals';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { invariant } from '@jinku/errors';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { LEDGER_CONFIG, type LedgerConfig } from '../../config.ts';
import { Chart } from '../../internal-account/persistence/chart.ts';
import { assertPostable } from '../domain/account-deltas.ts';
import { reversalOf, type EntryDraft } from '../domain/journal-entry.ts';
import { LEDGER_REFUSALS } from '../domain/journal-refusals.ts';
import { assertOneFund, draftOf, EntryProposalKind, type EntryProposal, type ProposedEntry } from '../domain/proposed-entry.ts';
import { JournalRepository } from '../persistence/journal.repository.ts';
import { PostEntries } from './post-entries.ts';

/** Entries of people: one person proposes, another approves, and only then it is posted. */
@Injectable()
export class ProposeEntry {
  constructor(
    private readonly chart: Chart,
    private readonly journal: JournalRepository,
    private readonly approvals: Approvals,
    private readonly postEntries: PostEntries,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(LEDGER_CONFIG) private readonly config: Pick<LedgerConfig, 'proposalLifetimeMs'>,
  ) {}

  async propose(tx: Tx, actor: Actor, { content, reason }: { content: ProposedEntry; reason: string }): Promise<{ id: string; entryId: string }> {
    const entryId = uuidv7();
    const draft = draftOf(content, { id: entryId, description: reason });
    assertPostable(draft, await this.chart.resolve(tx, draft.lines.map((line) => line.account)));
    assertOneFund(draft);
    return this.insert(tx, actor, { kind: EntryProposalKind.ENTRY, payload: { entryId, content }, reason });
  }

  async proposeReversal(tx: Tx, actor: Actor, { entryId: reversed, reason }: { entryId: string; reason: string }): Promise<{ id: string; entryId: string }> {
    const entryId = uuidv7();
    await this.reversal(tx, reversed, { id: entryId, description: reason });
    return this.insert(tx, actor, { kind: EntryProposalKind.REVERSAL, payload: { entryId, reversedEntryId: reversed }, reason });
  }

  async approve(tx: Tx, actor: Actor, id: string): Promise<Approval<EntryProposal>> {
    await this.demandEntryProposal(tx, id);
    const approval = await this.approvals.approve<EntryProposal>(tx, id, { personId: actor.id, at: this.clock.now() });
    await this.audit.record(tx, { actor, action: 'ledger.entry.approve', subject: id, before: 'PROPOSED', after: approval.state });
    if (approval.state === 'APPROVED') await this.postEntries.execute(tx, [await this.entryOf(tx, approval)]);
    return approval;
  }

  /** Whoever proposed an entry takes it back, anybody else turns it down. */
  async reject(tx: Tx, actor: Actor, id: string): Promise<Approval<EntryProposal>> {
    const { makerId } = await this.demandEntryProposal(tx, id);
    const decision = { personId: actor.id, at: this.clock.now() };
    const isOwn = makerId === actor.id;
    const approval = isOwn ? await this.approvals.withdraw<EntryProposal>(tx, id, decision) : await this.approvals.reject<EntryProposal>(tx, id, decision);
    await this.audit.record(tx, { actor, action: `ledger.entry.${isOwn ? 'withdraw' : 'reject'}`, subject: id, before: 'PROPOSED', after: approval.state });
    return approval;
  }

  private async insert(
    tx: Tx,
    actor: Actor,
    { kind, payload, reason }: { kind: EntryProposalKind; payload: EntryProposal; reason: string },
  ): Promise<{ id: string; entryId: string }> {
    const id = uuidv7();
    const proposedAt = this.clock.now();
    const expiresAt = new Date(proposedAt.getTime() + this.config.proposalLifetimeMs);
    await this.approvals.propose(tx, { id, kind, subject: payload.reversedEntryId ?? payload.entryId, payload, makerId: actor.id, reason, proposedAt, expiresAt });
    await this.audit.record(tx, { actor, action: 'ledger.entry.propose', subject: id, reason, after: payload });
    return { id, entryId: payload.entryId };
  }

  /** The service keeps proposals of other kinds under the same roof; they have doors of their own. */
  private async demandEntryProposal(tx: Tx, id: string): Promise<Approval<EntryProposal>> {
    const approval = await this.approvals.find<EntryProposal>(tx, id);
    if (approval === null || !Object.values<string>(EntryProposalKind).includes(approval.kind)) throw LEDGER_REFUSALS.UNKNOWN_PROPOSAL();
    return approval;
  }

  private async entryOf(tx: Tx, { payload, reason }: Approval<EntryProposal>): Promise<EntryDraft> {
    const fields = { id: payload.entryId, description: reason };
    if (payload.reversedEntryId !== undefined) return this.reversal(tx, payload.reversedEntryId, fields);
    invariant(payload.content !== undefined, 'a proposal is of an entry or of a reversal');
    return draftOf(payload.content, fields);
  }

  private async reversal(tx: Tx, entryId: string, { id, description }: { id: string; description: string }): Promise<EntryDraft> {
    const entry = await this.journal.find(tx, entryId);
    if (entry === null) throw LEDGER_REFUSALS.UNKNOWN_JOURNAL_ENTRY();
    return reversalOf(entry, { id, description, valueDate: businessDateOf(this.clock.now()) });
  }
}
