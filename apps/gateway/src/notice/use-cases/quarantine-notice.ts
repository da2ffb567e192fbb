import { Inject, Injectable } from '@nestjs/common';
import type { Counter } from 'prom-client';
import type { Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { Database } from '@jinku/persistence';
import { CLOCK, EVENT_LOG, Metrics, type EventLog } from '@jinku/service';
import { TokenBuckets } from '../../rate-limit/token-bucket.ts';
import type { QuarantineFault } from '../domain/quarantine-fault.ts';
import { NoticeRepository } from '../persistence/notice.repository.ts';

/** Anybody can knock with a bad signature: every knock is counted, but only so many are kept. */
const KEPT_RATE = { perSecond: 2, burst: 100 };
const BODY_KEPT_BYTES = 4_096;

@Injectable()
export class QuarantineNotice {
  readonly #kept = new TokenBuckets(KEPT_RATE);
  readonly #counter: Counter<'fault'>;

  constructor(
    private readonly database: Database,
    private readonly notices: NoticeRepository,
    metrics: Metrics,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {
    this.#counter = metrics.counter('notices_quarantined_total', 'Notices that were not believed, by fault.', ['fault']);
  }

  async execute({ clearingHouse, fault, address, body }: { clearingHouse: ClearingHouse; fault: QuarantineFault; address: string; body: Buffer }): Promise<void> {
    this.#counter.inc({ fault });
    if (this.#kept.take('all', this.clock.wallNow()) > 0) return;
    this.log.warn('notice-quarantined', { clearingHouse, fault, address });
    await this.notices.quarantine(this.database, { clearingHouse, fault, address, body: body.subarray(0, BODY_KEPT_BYTES), receivedAt: this.clock.now() });
  }
}
