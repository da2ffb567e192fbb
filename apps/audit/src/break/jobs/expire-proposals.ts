import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Approvals, type Approval } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { AUDIT_CONFIG, type AuditConfig } from '../../config.ts';
import { BREAK_RESOLUTION, ResolveBreak, type BreakResolution } from '../use-cases/resolve-break.ts';

/** Ends proposals that nobody decided in time. */
@Injectable()
export class ExpireProposals implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly doorbells: Doorbells,
    private readonly approvals: Approvals,
    private readonly resolveBreak: ResolveBreak,
    @Inject(AUDIT_CONFIG) private readonly config: AuditConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: 'audit.expire-proposals', sweepEveryMs: this.config.checkMs, run: () => this.run() });
  }

  async run(): Promise<void> {
    await this.approvals.expireLate(this.database, {
      at: this.clock.now(),
      onExpired: async (tx, approval) => {
        if (approval.kind === BREAK_RESOLUTION) await this.resolveBreak.expire(tx, approval as Approval<BreakResolution>);
      },
    });
  }
}
