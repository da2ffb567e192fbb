import { Inject, Injectable } from '@nestjs/common';
import { Approvals } from '@jinku/approvals';
import type { Clock } from '@jinku/calendar';
import { uuidv7 } from '@jinku/messaging';
import { Database, type Tx } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { BreakRepository, type BreakScope } from '../../break/persistence/break.repository.ts';
import type { CheckResult } from '../domain/check-result.ts';
import { CheckRepository } from '../persistence/check.repository.ts';

/** Keeps a verdict, adds the breaks that it found and clears those that it did not find any more. A check that did not run says nothing of breaks. */
@Injectable()
export class RecordCheck {
  constructor(
    private readonly database: Database,
    private readonly checks: CheckRepository,
    private readonly breaks: BreakRepository,
    private readonly approvals: Approvals,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(result: CheckResult, businessDate: string): Promise<void> {
    const { check, subject } = result;
    const place = { check, subject, businessDate };
    await this.database.transaction(async (tx) => {
      await this.checks.insert(tx, { ...place, id: uuidv7(), result, at: this.clock.now() });
      if (result.verdict === 'NOT_RUN') return;
      const isCarried = check === 'A4' || check === 'A5';
      if (isCarried && (await this.checks.hasLater(tx, place))) return;
      await this.follow(tx, { ...place, scope: isCarried ? subject : `${subject}:${businessDate}` }, result);
    });
  }

  private async follow(tx: Tx, scope: BreakScope, { breaks: found, breakCount }: CheckResult): Promise<void> {
    const at = this.clock.now();
    if (found.length > 0) await this.breaks.insertFound(tx, scope, { found, at });
    // A run that found more than it names cannot say which of the others are gone.
    if (breakCount > found.length) return;
    for (const vanished of await this.breaks.lockVanished(tx, scope, found)) {
      await this.breaks.move(tx, vanished, { event: 'clear', personId: null, note: 'The check does not find it any more.', at });
      if (vanished.state === 'SUBMITTED' && vanished.approvalId !== null) await this.approvals.overtake(tx, vanished.approvalId, { note: 'The check does not find it any more.', at });
    }
  }
}
