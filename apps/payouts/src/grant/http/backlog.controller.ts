import { Controller, Get } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ClearingHouse } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { ANY_PERSON, Roles } from '@jinku/service';
import { z } from 'zod';
import { needByLineAndHouse } from '../domain/queue-need.ts';
import { ReadBacklog } from '../use-cases/read-backlog.ts';

const backlogView = z.object({
  asOf: z.iso.datetime(),
  items: z.array(
    z.object({
      businessLine: z.string(),
      /** The house that will take them, and whose quota they need; null when none may. */
      clearingHouse: z.enum(ClearingHouse).nullable(),
      count: z.int(),
      amount: z.string(),
      oldestAt: z.iso.datetime(),
      oldestAgeSeconds: z.int(),
    }),
  ),
});

@ApiTags('payouts')
@ApiBearerAuth()
@Controller('v1/payouts/backlog')
export class BacklogController {
  constructor(private readonly backlog: ReadBacklog) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'What waits, by line and by the house whose quota it needs: count, amount and age of the oldest' })
  @ApiResponse({ status: 200, standardSchema: backlogView })
  async read(): Promise<z.output<typeof backlogView>> {
    const { parts, asOf } = await this.backlog.execute();
    const items = needByLineAndHouse(parts).map(({ businessLine, house, count, amountMinor, oldestAt }) => ({
      businessLine,
      clearingHouse: house,
      count: Number(count),
      amount: formatAmount(amountMinor),
      oldestAt: oldestAt.toISOString(),
      oldestAgeSeconds: Math.max(0, Math.floor((asOf.getTime() - oldestAt.getTime()) / 1_000)),
    }));
    return { asOf: asOf.toISOString(), items };
  }
}
