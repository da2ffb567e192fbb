import { randomUUID } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { RailBudget, RailMessageLog, type PayoutRail } from '@jinku/connectors';
import type { ClearingHouse } from '@jinku/contracts';
import { invariant } from '@jinku/errors';
import { Database } from '@jinku/persistence';
import { CLOCK } from '@jinku/service';
import { PAYOUT_RAILS } from '../../config.ts';

/** A clearing house as this process talks to it: the rail, the log of what was said, and the budget of inquiries. */
export interface HouseLine {
  readonly house: ClearingHouse;
  readonly rail: PayoutRail;
  readonly messageLog: RailMessageLog;
  readonly budget: RailBudget;
}

/** The houses this installation pays through, the first being primary where a business line names none. */
@Injectable()
export class HouseLines {
  readonly all: readonly HouseLine[];

  constructor(@Inject(PAYOUT_RAILS) rails: readonly PayoutRail[], database: Database, @Inject(CLOCK) clock: Clock) {
    const writer = `payouts-${randomUUID()}`;
    this.all = rails.map((rail) => {
      const connector = rail.clearingHouse;
      return { house: connector, rail, messageLog: new RailMessageLog({ connector, writer }), budget: new RailBudget({ database, clock, connector }) };
    });
  }

  get houses(): readonly ClearingHouse[] {
    return this.all.map(({ house }) => house);
  }

  of(house: ClearingHouse): HouseLine {
    const line = this.all.find((one) => one.house === house);
    invariant(line !== undefined, `the rail ${house} is configured`);
    return line;
  }
}
