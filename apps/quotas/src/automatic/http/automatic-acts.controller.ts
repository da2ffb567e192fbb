import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ClearingHouse } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, pageFields, pageOf, Roles, type Page } from '@jinku/service';
import { z } from 'zod';
import { AutomaticActKind, AutomaticActRepository } from '../persistence/automatic-act.repository.ts';

const actQuery = z.strictObject(pageFields);
const actView = z.object({
  id: z.uuid(),
  kind: z.enum(AutomaticActKind),
  fromHouse: z.enum(ClearingHouse).nullable(),
  toHouse: z.enum(ClearingHouse).nullable(),
  amount: z.string(),
  reason: z.string(),
  subjectId: z.uuid().nullable(),
  actedAt: z.iso.datetime(),
});

@ApiTags('quota policy')
@ApiBearerAuth()
@Controller('v1/quotas/automatic-acts')
export class AutomaticActsController {
  constructor(
    private readonly database: Database,
    private readonly acts: AutomaticActRepository,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'What rules did or warned of by themselves, each with its reason, the newest first' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(actView), next: z.uuid().nullable() }) })
  async list(@Query({ schema: actQuery }) query: z.output<typeof actQuery>): Promise<Page<z.output<typeof actView>>> {
    const rows = await this.acts.page(this.database, query);
    return pageOf(rows.map(({ amount, actedAt, ...act }) => ({ ...act, amount: formatAmount(amount), actedAt: actedAt.toISOString() })), query.limit);
  }
}
