import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { invariant } from '@jinku/errors';
import { uuidv7 } from '@jinku/messaging';
import { parseAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { Chart } from '../../internal-account/persistence/chart.ts';
import { assertPostable } from '../domain/account-deltas.ts';
import { reversalOf, type EntryDraft } from '../domain/journal-entry.ts';
import { LEDGER_REFUSALS } from '../domain/journal-refusals.ts';
import { JournalRepository } from '../persistence/journal.repository.ts';
import { ProposalRepository, type Proposal, type ProposedEntry, type ProposedReversal } from '../persistence/proposal.repository.ts';
import { PostEntries } from './post-entries.ts';

/** Entries of people: one person proposes, another approves, and only then it is posted. */
@Injectable()
export class ProposeEntry {
  constructor(
    private readonly chart: Chart,
    private readonly journal: JournalRepository,
    private readonly proposals: ProposalRepository,
    private readonly postEntries: PostEntries,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async propose(tx: Tx, actor: Actor, { content, reason }: { content: ProposedEntry; reason: string }): Promise<{ id: string; entryId: string }> {
    const entryId = uuidv7();
    const draft = draftOf(content, { id: entryId, description: reason });
    assertPostable(draft, await this.chart.resolve(tx, draft.lines.map((line) => line.account)));
    return this.insert(tx, actor, { kind: 'ENTRY', content, reason, entryId });
  }

  async proposeReversal(tx: Tx, actor: Actor, { entryId: reversed, reason }: { entryId: string; reason: string }): Promise<{ id: string; entryId: string }> {
    await this.reversal(tx, { entryId: reversed }, { id: uuidv7(), description: reason });
    return this.insert(tx, actor, { kind: 'REVERSAL', content: { entryId: reversed }, reason, entryId: uuidv7() });
  }

  async approve(tx: Tx, actor: Actor, id: string): Promise<{ entryId: string }> {
    const proposal = await this.open(tx, id);
    if (proposal.proposedBy === actor.id) throw LEDGER_REFUSALS.SAME_PERSON();
    await this.decide(tx, actor, { proposal, to: 'APPROVED' });
    const fields = { id: proposal.entryId, description: proposal.reason };
    const entry =
      proposal.kind === 'ENTRY'
        ? draftOf(proposal.content as ProposedEntry, fields)
        : await this.reversal(tx, proposal.content as ProposedReversal, fields);
    await this.postEntries.execute(tx, [entry]);
    return { entryId: proposal.entryId };
  }

  async reject(tx: Tx, actor: Actor, id: string): Promise<void> {
    await this.decide(tx, actor, { proposal: await this.open(tx, id), to: 'REJECTED' });
  }

  private async insert(tx: Tx, actor: Actor, fields: Pick<Proposal, 'kind' | 'content' | 'reason' | 'entryId'>): Promise<{ id: string; entryId: string }> {
    const id = uuidv7();
    await this.proposals.insert(tx, { ...fields, id, proposedBy: actor.id, proposedAt: this.clock.now() });
    await this.audit.record(tx, { actor, action: 'ledger.entry.propose', subject: id, reason: fields.reason, after: fields.content });
    return { id, entryId: fields.entryId };
  }

  private async open(tx: Tx, id: string): Promise<Proposal> {
    const proposal = await this.proposals.lock(tx, id);
    if (proposal === null) throw LEDGER_REFUSALS.UNKNOWN_PROPOSAL();
    if (proposal.state !== 'PROPOSED') throw LEDGER_REFUSALS.PROPOSAL_DECIDED();
    return proposal;
  }

  private async decide(tx: Tx, actor: Actor, { proposal, to }: { proposal: Proposal; to: 'APPROVED' | 'REJECTED' }): Promise<void> {
    await this.proposals.decide(tx, { id: proposal.id, to, by: actor.id, at: this.clock.now() });
    await this.audit.record(tx, { actor, action: `ledger.entry.${to === 'APPROVED' ? 'approve' : 'reject'}`, subject: proposal.id, before: proposal.state, after: to });
  }

  private async reversal(tx: Tx, { entryId }: ProposedReversal, { id, description }: { id: string; description: string }): Promise<EntryDraft> {
    const entry = await this.journal.find(tx, entryId);
    if (entry === null) throw LEDGER_REFUSALS.UNKNOWN_JOURNAL_ENTRY();
    return reversalOf(entry, { id, description, valueDate: businessDateOf(this.clock.now()) });
  }
}

function draftOf(content: ProposedEntry, { id, description }: { id: string; description: string }): EntryDraft {
  const lines = content.lines.map(({ account, side, amount }) => {
    const minor = parseAmount(amount);
    invariant(minor !== null, 'the request has been checked');
    return { account, amount: side === 'DEBIT' ? minor : -minor };
  });
  return { id, unit: content.unit, rule: 'manual.v1', reference: content.reference, valueDate: content.valueDate, lines, description };
}
