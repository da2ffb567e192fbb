import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { AuditTrail, CLOCK } from '@jinku/service';

const SWEEP_EVERY_MS = 60_000;

/** Proposals that nobody decided in time come to an end by themselves, and the audit trail says so. */
@Injectable()
export class ExpireProposals implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly doorbells: Doorbells,
    private readonly approvals: Approvals,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: 'quotas.expire-proposals', sweepEveryMs: SWEEP_EVERY_MS, run: () => this.run() });
  }

  async run(): Promise<void> {
    await this.approvals.expireLate(this.database, {
      at: this.clock.now(),
      onExpired: (tx, { id, kind, state }) => this.audit.record(tx, { actor: null, action: `${kind}.expire`, subject: id, before: 'PROPOSED', after: state }),
    });
  }
}
