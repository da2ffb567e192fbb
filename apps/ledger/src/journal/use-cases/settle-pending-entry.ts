import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { Chart } from '../../internal-account/persistence/chart.ts';
import { accountDeltas, assertPostable, type AccountDeltas } from '../domain/account-deltas.ts';
import type { EntryDraft } from '../domain/journal-entry.ts';
import { LEDGER_REFUSALS } from '../domain/journal-refusals.ts';
import { PendingEntryState, pendingEntryStates, type PendingEntryEvent } from '../domain/pending-entry-state.ts';
import { JournalRepository, refusalOf } from '../persistence/journal.repository.ts';
import { PendingEntryRepository, type PendingEntry } from '../persistence/pending-entry.repository.ts';
import { PostEntries } from './post-entries.ts';

const EXPIRED_AT_ONCE_MAX = 500;

/** Two-phase entries: the amounts are held at first, then posted or given back, once. */
@Injectable()
export class SettlePendingEntry {
  constructor(
    private readonly chart: Chart,
    private readonly journal: JournalRepository,
    private readonly pending: PendingEntryRepository,
    private readonly postEntries: PostEntries,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async hold(tx: Tx, entry: Omit<EntryDraft, 'reverses' | 'pendingId'>, { expiresAt, heldBy }: { expiresAt: Date; heldBy: string | null }): Promise<void> {
    if (expiresAt <= this.clock.now()) throw LEDGER_REFUSALS.PENDING_ENTRY_EXPIRES_AT_ONCE();
    const chart = await this.chart.resolve(tx, entry.lines.map((line) => line.account));
    assertPostable(entry, chart);
    await this.pending.insert(tx, { ...entry, state: PendingEntryState.PENDING, expiresAt, heldBy }, this.clock.now());
    try {
      await this.journal.changeHolds(tx, accountDeltas([entry], chart));
    } catch (error) {
      throw refusalOf(error) ?? error;
    }
  }

  /** An entry whose time has passed is not posted any more, even when the sweep has not come by yet. */
  async post(tx: Tx, id: string): Promise<{ entryId: string }> {
    const entryId = uuidv7();
    const entry = await this.settle(tx, id, 'post');
    if (entry.expiresAt <= this.clock.now()) throw LEDGER_REFUSALS.PENDING_ENTRY_SETTLED();
    const { state: _state, expiresAt: _expiresAt, heldBy: _heldBy, ...draft } = entry;
    await this.postEntries.execute(tx, [{ ...draft, id: entryId, pendingId: id }], await this.deltas(tx, [entry]));
    return { entryId };
  }

  async void(tx: Tx, id: string): Promise<void> {
    const entry = await this.settle(tx, id, 'void');
    await this.giveBack(tx, [entry]);
  }

  /** Returns how many it ended. */
  async expire(tx: Tx): Promise<number> {
    const at = this.clock.now();
    const entries = await this.pending.lockExpired(tx, at, EXPIRED_AT_ONCE_MAX);
    for (const { id, state } of entries) await this.pending.move(tx, { id, from: state, to: pendingEntryStates.next(state, 'expire'), at });
    if (entries.length > 0) await this.giveBack(tx, entries);
    return entries.length;
  }

  private async settle(tx: Tx, id: string, event: PendingEntryEvent): Promise<PendingEntry> {
    const entry = await this.pending.lock(tx, id);
    if (entry === null) throw LEDGER_REFUSALS.UNKNOWN_PENDING_ENTRY();
    if (!pendingEntryStates.canMove(entry.state, event)) throw LEDGER_REFUSALS.PENDING_ENTRY_SETTLED();
    await this.pending.move(tx, { id, from: entry.state, to: pendingEntryStates.next(entry.state, event), at: this.clock.now() });
    return entry;
  }

  private async giveBack(tx: Tx, entries: readonly PendingEntry[]): Promise<void> {
    const { accounts, debits, credits } = await this.deltas(tx, entries);
    await this.journal.changeHolds(tx, { accounts, debits: debits.map((amount) => -amount), credits: credits.map((amount) => -amount) });
  }

  private async deltas(tx: Tx, entries: readonly PendingEntry[]): Promise<AccountDeltas> {
    return accountDeltas(entries, await this.chart.resolve(tx, entries.flatMap((entry) => entry.lines.map((line) => line.account))));
  }
}
