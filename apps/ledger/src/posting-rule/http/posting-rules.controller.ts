import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ANY_PERSON, Roles } from '@jinku/service';
import { z } from 'zod';
import { POSTING_RULES, type PostingRuleName } from '../domain/posting-rules.ts';
import { RuleBook } from '../persistence/rule-book.ts';

const postingRule = z.object({
  kind: z.string(),
  version: z.int(),
  validFrom: z.string(),
  validTo: z.string().nullable(),
  event: z.string(),
  unit: z.string(),
  debit: z.string(),
  credit: z.string(),
  sentence: z.string(),
});

@ApiTags('posting rules')
@ApiBearerAuth()
@Controller('v1/posting-rules')
export class PostingRulesController {
  constructor(private readonly rules: RuleBook) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Which version of each posting rule makes the entries of which value dates, shown with the accounts of NetsUnion' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(postingRule) }) })
  list(): { items: z.output<typeof postingRule>[] } {
    const items = this.rules.schedule.map((scheduled) => {
      const { event, unit, debit, credit, sentence } = POSTING_RULES[`${scheduled.kind}.v${scheduled.version}` as PostingRuleName];
      return { ...scheduled, event, unit, debit: debit('NETSUNION'), credit: credit('NETSUNION'), sentence };
    });
    return { items };
  }
}
