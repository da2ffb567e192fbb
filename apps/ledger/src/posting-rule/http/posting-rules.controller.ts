import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ANY_PERSON, Roles } from '@jinku/service';
import { z } from 'zod';
import type { PostingRule } from '../domain/posting-rule.ts';
import { POSTING_RULES, type PostingRuleName } from '../domain/posting-rules.ts';
import { RuleBook } from '../persistence/rule-book.ts';

const postingRule = z.object({
  kind: z.string(),
  version: z.int(),
  validFrom: z.string(),
  validTo: z.string().nullable(),
  event: z.string(),
  unit: z.string(),
  /** All of one amount; an entry that touches client and own money has one for each. */
  moves: z.array(z.object({ debit: z.string(), credit: z.string() })),
  sentence: z.string(),
});

/** Accounts that depend on where the event happened are shown with those of NetsUnion and of a client-fund account. */
const SHOWN_PLACE = { house: 'NETSUNION', account: '1002.*' } as const;

@ApiTags('posting rules')
@ApiBearerAuth()
@Controller('v1/posting-rules')
export class PostingRulesController {
  constructor(private readonly rules: RuleBook) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Which version of each posting rule makes the entries of which value dates, shown with the accounts of NetsUnion and of a client-fund account' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(postingRule) }) })
  list(): { items: z.output<typeof postingRule>[] } {
    const items = this.rules.schedule.map((scheduled) => {
      const rule: PostingRule = POSTING_RULES[`${scheduled.kind}.v${scheduled.version}` as PostingRuleName];
      const moves = rule.moves.map(({ debit, credit }) => ({ debit: debit(SHOWN_PLACE), credit: credit(SHOWN_PLACE) }));
      return { ...scheduled, event: rule.event, unit: rule.unit, moves, sentence: rule.sentence };
    });
    return { items };
  }
}
