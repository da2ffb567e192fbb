import { Injectable } from '@nestjs/common';
import type { Queryable } from '@jinku/persistence';
import type { ScheduledRule } from '../domain/rule-schedule.ts';

@Injectable()
export class RuleScheduleRepository {
  async all(queryable: Queryable): Promise<ScheduledRule[]> {
    return queryable.query<ScheduledRule>(
      'SELECT kind, version, valid_from AS "validFrom", valid_to AS "validTo" FROM posting_rule_schedule ORDER BY kind, valid_from',
    );
  }
}
