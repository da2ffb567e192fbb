import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import { Doorbells } from '@jinku/jobs';
import { ADJUST_BELL } from '../../adjustment/jobs/adjust-quota.ts';
import { QUOTAS_CONFIG, type QuotasConfig } from '../../config.ts';
import { RelieveHouses } from '../use-cases/relieve-houses.ts';

/** Looks at the need of the backlogs as often as at adjustments. */
@Injectable()
export class ActByPolicy implements OnModuleInit {
  constructor(
    private readonly doorbells: Doorbells,
    private readonly relieve: RelieveHouses,
    @Inject(QUOTAS_CONFIG) private readonly config: QuotasConfig,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: 'quotas.act-by-policy', sweepEveryMs: this.config.adjustmentPollMs, run: () => this.run() });
  }

  async run(): Promise<void> {
    if ((await this.relieve.execute()) > 0) this.doorbells.ring(ADJUST_BELL);
  }
}
