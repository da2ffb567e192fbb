import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { balanceThresholdCrossedV1 } from '@jinku/contracts';
import { Refusal } from '@jinku/errors';
import { Outbox } from '@jinku/messaging';
import { formatAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { Chart } from '../../internal-account/persistence/chart.ts';
import { accountDeltas, assertPostable, type AccountDeltas } from '../domain/account-deltas.ts';
import type { EntryDraft } from '../domain/journal-entry.ts';
import { JournalRepository, refusalOf, type ClosedBatch } from '../persistence/journal.repository.ts';

/** Most entries in one batch; more are posted as several batches of one transaction. */
const ENTRIES_PER_BATCH_MAX = 5_000;
const NOTHING_RELEASED: AccountDeltas = { accounts: [], debits: [], credits: [] };

/** The road of every posting: a batch is posted whole or not at all. It is called last in its transaction, since from then on the head is locked. */
@Injectable()
export class PostEntries {
  constructor(
    private readonly chart: Chart,
    private readonly journal: JournalRepository,
    private readonly outbox: Outbox,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  /** Throws the refusal of the first rule that is broken; the caller's transaction is then undone. */
  async execute(tx: Tx, entries: readonly EntryDraft[], released: AccountDeltas = NOTHING_RELEASED): Promise<void> {
    for (let start = 0; start < entries.length; start += ENTRIES_PER_BATCH_MAX) {
      await this.postBatch(tx, entries.slice(start, start + ENTRIES_PER_BATCH_MAX), start === 0 ? released : NOTHING_RELEASED);
    }
  }

  /** As many as keep the rules: a batch that breaks one is cut in two until the entry that breaks it stands alone. Null stands for a posted entry. */
  async executeEach(tx: Tx, entries: readonly EntryDraft[]): Promise<(Refusal | null)[]> {
    if (entries.length === 0) return [];
    await tx.execute('SAVEPOINT batch');
    try {
      await this.execute(tx, entries);
      await tx.execute('RELEASE SAVEPOINT batch');
      return entries.map(() => null);
    } catch (error) {
      const refusal = refusalOf(error);
      if (refusal === null) throw error;
      await tx.execute('ROLLBACK TO SAVEPOINT batch');
      if (entries.length === 1) return [refusal];
      const middle = entries.length >> 1;
      return [...(await this.executeEach(tx, entries.slice(0, middle))), ...(await this.executeEach(tx, entries.slice(middle)))];
    }
  }

  private async postBatch(tx: Tx, entries: readonly EntryDraft[], released: AccountDeltas): Promise<void> {
    const codes = new Set(entries.flatMap((entry) => entry.lines.map((line) => line.account)));
    const chart = await this.chart.resolve(tx, codes);
    for (const entry of entries) assertPostable(entry, chart);
    const closed = await this.insert(tx, entries, { chart, released });
    if (closed.crossings.length === 0) return;
    await this.outbox.addMany(
      tx,
      balanceThresholdCrossedV1,
      closed.crossings.map((crossing) => ({
        ...crossing,
        threshold: formatAmount(BigInt(crossing.threshold)),
        balance: formatAmount(BigInt(crossing.balance)),
        at: closed.bookedAt.toISOString(),
      })),
    );
  }

  private async insert(tx: Tx, entries: readonly EntryDraft[], { chart, released }: { chart: Awaited<ReturnType<Chart['resolve']>>; released: AccountDeltas }): Promise<ClosedBatch> {
    try {
      return await this.journal.insertBatch(tx, entries, { chart, deltas: accountDeltas(entries, chart), released, at: this.clock.now() });
    } catch (error) {
      throw refusalOf(error) ?? error;
    }
  }
}
