import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { AuditTrail, CLOCK } from '@jinku/service';
import { DecideTransfer } from '../use-cases/decide-transfer.ts';
import { ORDER_PROPOSAL_KIND } from '../use-cases/place-transfer.ts';

const SWEEP_EVERY_MS = 2_000;

/** What nobody decided in time comes to an end by itself: an order with its reservation, a rule's proposal alone. */
@Injectable()
export class ExpireProposals implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly doorbells: Doorbells,
    private readonly approvals: Approvals,
    private readonly decide: DecideTransfer,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: 'transfers.expire-proposals', sweepEveryMs: SWEEP_EVERY_MS, run: () => this.run() });
  }

  async run(): Promise<void> {
    await this.approvals.expireLate(this.database, {
      at: this.clock.now(),
      onExpired: async (tx, approval) => {
        if (approval.kind === ORDER_PROPOSAL_KIND) return this.decide.expire(tx, approval);
        await this.audit.record(tx, { actor: null, action: `${approval.kind}.expire`, subject: approval.id, before: 'PROPOSED', after: approval.state });
      },
    });
  }
}
