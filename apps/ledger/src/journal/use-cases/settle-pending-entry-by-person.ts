import { Injectable } from '@nestjs/common';
import { APPROVAL_REFUSALS } from '@jinku/approvals';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { AuditTrail, type Actor } from '@jinku/service';
import { LEDGER_REFUSALS } from '../domain/journal-refusals.ts';
import { assertOneFund, draftOf, type ProposedEntry } from '../domain/proposed-entry.ts';
import { PendingEntryRepository } from '../persistence/pending-entry.repository.ts';
import { SettlePendingEntry } from './settle-pending-entry.ts';

/** Pending entries of people: one person holds, another posts; either gives it up. */
@Injectable()
export class SettlePendingEntryByPerson {
  constructor(
    private readonly settle: SettlePendingEntry,
    private readonly pending: PendingEntryRepository,
    private readonly audit: AuditTrail,
  ) {}

  async hold(tx: Tx, actor: Actor, { content, reason, expiresAt }: { content: ProposedEntry; reason: string; expiresAt: Date }): Promise<{ id: string }> {
    const id = uuidv7();
    await this.audit.record(tx, { actor, action: 'ledger.pending-entry.hold', subject: id, reason, after: { ...content, expiresAt: expiresAt.toISOString() } });
    const draft = draftOf(content, { id, description: reason });
    await this.settle.hold(tx, draft, { expiresAt, heldBy: actor.id });
    assertOneFund(draft);
    return { id };
  }

  async post(tx: Tx, actor: Actor, id: string): Promise<{ entryId: string }> {
    const entry = await this.pending.find(tx, id);
    if (entry === null) throw LEDGER_REFUSALS.UNKNOWN_PENDING_ENTRY();
    if (entry.heldBy === actor.id) throw APPROVAL_REFUSALS.MAKER_CANNOT_CHECK();
    await this.audit.record(tx, { actor, action: 'ledger.pending-entry.post', subject: id, before: 'PENDING', after: 'POSTED' });
    return this.settle.post(tx, id);
  }

  async void(tx: Tx, actor: Actor, { id, reason }: { id: string; reason: string }): Promise<void> {
    await this.audit.record(tx, { actor, action: 'ledger.pending-entry.void', subject: id, reason, before: 'PENDING', after: 'VOIDED' });
    await this.settle.void(tx, id);
  }
}
