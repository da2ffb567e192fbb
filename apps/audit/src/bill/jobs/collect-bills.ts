import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { addDays, businessDateOf, type BusinessDate, type Clock } from '@jinku/calendar';
import { PayoutFileBroken, type SessionRail } from '@jinku/connectors';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, type EventLog } from '@jinku/service';
import { AUDIT_CONFIG, type AuditConfig } from '../../config.ts';
import { AUDIT_RAILS, type AuditRails } from '../../rails.ts';
import { BillRepository } from '../persistence/bill.repository.ts';
import { ReceiveBill } from '../use-cases/receive-bill.ts';

/** Asks each clearing house for the payout bills of its last sessions that are still missing. */
@Injectable()
export class CollectBills implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly doorbells: Doorbells,
    private readonly bills: BillRepository,
    private readonly receiveBill: ReceiveBill,
    @Inject(AUDIT_RAILS) private readonly rails: AuditRails,
    @Inject(AUDIT_CONFIG) private readonly config: AuditConfig,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: 'audit.collect-bills', sweepEveryMs: this.config.collectMs, run: () => this.run() });
  }

  async run(): Promise<void> {
    const yesterday = addDays(businessDateOf(this.clock.now()), -1);
    for (const rail of this.rails.sessions) {
      for (let back = this.config.daysBack - 1; back >= 0; back -= 1) await this.collect(rail, addDays(yesterday, -back));
    }
  }

  private async collect(rail: SessionRail, clearingDate: BusinessDate): Promise<void> {
    const place = { clearingHouse: rail.clearingHouse, clearingDate };
    if ((await this.bills.findAccepted(this.database, place)) !== null) return;
    const { outcome, lines, detail } = await rail.readPayoutFile(clearingDate, { timeoutMs: this.config.callTimeoutMs });
    if (outcome !== 'SUCCEEDED' || lines === null) {
      if (outcome === 'UNKNOWN') this.log.warn('payout-bill-not-read', { ...place, detail });
      return;
    }
    try {
      const billId = await this.receiveBill.execute(place, lines);
      if (billId === null) return;
      this.log.info('payout-bill-accepted', { ...place, billId });
      this.doorbells.ring('audit.check');
    } catch (error) {
      // Nothing of it counts; it is asked for anew at the next look.
      if (!(error instanceof PayoutFileBroken)) throw error;
      this.log.warn('payout-bill-broke-off', { ...place, detail: error.detail });
    }
  }
}
