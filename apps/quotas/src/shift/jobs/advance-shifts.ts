import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { ADJUST_BELL } from '../../adjustment/jobs/adjust-quota.ts';
import { QUOTAS_CONFIG, type QuotasConfig } from '../../config.ts';
import { ShiftRepository } from '../persistence/shift.repository.ts';
import { AdvanceShift } from '../use-cases/advance-shift.ts';

const SHIFTS_PER_RUN_MAX = 50;

/** Takes every shift on whose adjustment has ended, and those whose second half is to be tried again. */
@Injectable()
export class AdvanceShifts implements OnModuleInit {
  constructor(
    private readonly doorbells: Doorbells,
    private readonly database: Database,
    private readonly shifts: ShiftRepository,
    private readonly advance: AdvanceShift,
    @Inject(QUOTAS_CONFIG) private readonly config: QuotasConfig,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  onModuleInit(): void {
    this.doorbells.register({ name: 'quotas.shift', sweepEveryMs: this.config.adjustmentPollMs, run: () => this.run() });
  }

  async run(): Promise<void> {
    const due = await this.shifts.listDue(this.database, { wallNow: new Date(this.clock.wallNow()), limit: SHIFTS_PER_RUN_MAX });
    for (const id of due) await this.database.transaction((tx) => this.advance.execute(tx, id));
    if (due.length > 0) this.doorbells.ring(ADJUST_BELL);
  }
}
