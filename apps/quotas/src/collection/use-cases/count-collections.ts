import type { KeyObject } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { receiptsCountedV1, type ClearingHouse, type ReportCollectionsV1 } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { Outbox, uuidv7, type Envelope } from '@jinku/messaging';
import { formatAmount, parseAmount } from '@jinku/money';
import type { Tx } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { CLIENT_KEYS } from '../../config.ts';
import { QuotaRepository } from '../../quota/persistence/quota.repository.ts';
import { SessionRepository } from '../../session/persistence/session.repository.ts';
import { RecountHouse } from '../../session/use-cases/recount-house.ts';
import { judgeReport, readCollection, type CollectionFault } from '../domain/collection-message.ts';
import { CollectionRepository } from '../persistence/collection.repository.ts';

type Message = Pick<Envelope, 'id' | 'source' | 'headers' | 'body' | 'undecodable'>;

/** Counts what clients collected over a house: by total and sequence, so that a report that comes late or twice changes nothing. */
@Injectable()
export class CountCollections {
  constructor(
    private readonly collections: CollectionRepository,
    private readonly quotas: QuotaRepository,
    private readonly sessions: SessionRepository,
    private readonly recount: RecountHouse,
    private readonly outbox: Outbox,
    @Inject(CLIENT_KEYS) private readonly keys: ReadonlyMap<string, KeyObject>,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  async execute(tx: Tx, messages: readonly Message[]): Promise<void> {
    const today = businessDateOf(this.clock.now());
    const read = messages.map((message) => ({ message, ...readCollection(message, { keys: this.keys, today }) }));
    for (const one of read) if ('fault' in one) await this.#quarantine(tx, one.message, one);
    const reports = read.flatMap((one) => ('report' in one ? [one] : []));
    for (const clearingHouse of [...new Set(reports.map(({ report }) => report.clearingHouse))].toSorted()) {
      await this.quotas.lock(tx, clearingHouse);
      const ofHouse = reports.filter(({ report }) => report.clearingHouse === clearingHouse);
      await this.sessions.ensure(tx, clearingHouse, [...new Set(ofHouse.map(({ report }) => report.clearingDate))], this.clock.now());
      for (const { report, message, clientId } of ofHouse) await this.#count(tx, report, { message, clientId });
      await this.recount.execute(tx, clearingHouse);
    }
  }

  async #count(tx: Tx, report: ReportCollectionsV1, { message, clientId }: { message: Message; clientId: string }): Promise<void> {
    const amountTotal = parseAmount(report.amountTotal);
    invariant(amountTotal !== null, 'the contract has checked the amount');
    const known = await this.collections.find(tx, report);
    const verdict = judgeReport(known, { ...report, amountTotal });
    if (verdict === 'OLDER') return;
    if (verdict !== 'COUNT') {
      const reason = verdict === 'TOTAL_FELL' ? 'amountTotal: is not below the total before it' : 'sequence: follows no final report';
      return this.#quarantine(tx, message, { clientId, fault: verdict, reason });
    }
    const countedAt = this.clock.now();
    await this.collections.upsert(tx, report, { ...report, amountTotal, countedAt });
    if (known?.amountTotal === amountTotal) return;
    await this.#tell(tx, report, { previous: known?.amountTotal ?? 0n, countedAt });
  }

  async #tell(tx: Tx, report: ReportCollectionsV1, { previous, countedAt }: { previous: bigint; countedAt: Date }): Promise<void> {
    const { clearingHouse, channel, clearingDate, amountTotal: total }: { clearingHouse: ClearingHouse; channel: string; clearingDate: string; amountTotal: string } = report;
    const told = { receiptId: uuidv7(), clearingHouse, channel, clearingDate, previousTotal: formatAmount(previous), total, countedAt: countedAt.toISOString() };
    await this.outbox.add(tx, receiptsCountedV1, told);
  }

  async #quarantine(tx: Tx, message: Message, { clientId, fault, reason }: { clientId: string; fault: CollectionFault; reason: string }): Promise<void> {
    this.log.warn('collections-quarantined', { messageId: message.id, fault });
    await this.collections.quarantine(tx, { messageId: `${message.source} ${message.id}`, clientId, fault, reason, body: message.body, receivedAt: this.clock.now() });
  }
}
