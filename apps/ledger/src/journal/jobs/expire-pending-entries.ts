import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { LEDGER_CONFIG, type LedgerConfig } from '../../config.ts';
import { SettlePendingEntry } from '../use-cases/settle-pending-entry.ts';

@Injectable()
export class ExpirePendingEntries implements OnModuleInit {
  constructor(
    private readonly database: Database,
    private readonly doorbells: Doorbells,
    private readonly settle: SettlePendingEntry,
    @Inject(LEDGER_CONFIG) private readonly config: LedgerConfig,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: 'ledger.expire-pending-entries', sweepEveryMs: this.config.expirySweepMs, run: () => this.run() });
  }

  async run(): Promise<void> {
    while ((await this.database.transaction((tx) => this.settle.expire(tx))) > 0);
  }
}
