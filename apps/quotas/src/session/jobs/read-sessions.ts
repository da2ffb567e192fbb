import { Inject, Injectable } from '@nestjs/common';
import type { SessionRail } from '@jinku/connectors';
import type { ClearingHouse } from '@jinku/contracts';
import { EVENT_LOG, type EventLog } from '@jinku/service';
import { SESSION_RAILS } from '../../config.ts';
import { AdvanceSession } from '../use-cases/advance-session.ts';

/** Asks a house about each of its sessions that has been cut and is not settled. */
@Injectable()
export class ReadSessions {
  constructor(
    private readonly advance: AdvanceSession,
    @Inject(SESSION_RAILS) private readonly rails: readonly SessionRail[],
    @Inject(EVENT_LOG) private readonly log: EventLog,
  ) {}

  /** False when the house did not say how one of them stands: a figure read before may hold a settlement that we know nothing of. */
  async run(clearingHouse: ClearingHouse): Promise<boolean> {
    const due = await this.advance.cut(clearingHouse);
    const rail = this.rails.find((one) => one.clearingHouse === clearingHouse);
    if (rail === undefined) return true;
    let isKnown = true;
    for (const { clearingDate } of due) {
      const { outcome, session, detail } = await rail.readSession(clearingDate);
      if (session !== null) await this.advance.hear(clearingHouse, session);
      if (outcome === 'UNKNOWN') this.log.warn('session-not-read', { clearingHouse, clearingDate, detail });
      isKnown &&= outcome !== 'UNKNOWN';
    }
    return isKnown;
  }
}
