import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { payoutResultsReportedV1, Topic, type PayoutResultsReportedV1 } from '@jinku/contracts';
import { Database } from '@jinku/persistence';
import { CurrentActor, PAGE_SIZE_MAX, Role, Roles, type Actor } from '@jinku/service';
import { z } from 'zod';
import { MESSAGE_REFUSALS } from '../message-refusals.ts';
import { ResultMessageRepository } from '../persistence/result-message.repository.ts';

const PAGE_SIZE_DEFAULT = 100;

const cursor = z.string().regex(/^\d{1,18}$/, 'is the cursor of an earlier page');
const pageQuery = z.strictObject({ after: cursor.default('0'), limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(PAGE_SIZE_DEFAULT) });
const messagePage = z.object({
  items: z.array(z.object({ sequence: cursor, messageId: z.string(), type: z.string(), data: payoutResultsReportedV1.schema })),
  next: cursor,
});

interface MessagePage {
  readonly items: readonly { sequence: string; messageId: string; type: string; data: PayoutResultsReportedV1 }[];
  /** Ask for what comes after it, now or later. */
  readonly next: string;
}

@ApiTags('messages')
@ApiBearerAuth()
@Controller('v1/messages')
export class ResultsController {
  constructor(
    private readonly database: Database,
    private readonly results: ResultMessageRepository,
  ) {}

  @Get(':topic')
  @Roles(Role.CLIENT)
  @ApiOperation({ summary: 'The results told to this client, in the order they came; ask again with `after` set to the last `next`' })
  @ApiResponse({ status: 200, standardSchema: messagePage })
  async list(
    @CurrentActor() actor: Actor,
    @Param('topic', { schema: z.string().min(1).max(100) }) topic: string,
    @Query({ schema: pageQuery }) { after, limit }: z.output<typeof pageQuery>,
  ): Promise<MessagePage> {
    if (topic !== Topic.PAYOUT_RESULTS) throw MESSAGE_REFUSALS.UNKNOWN_TOPIC();
    const rows = await this.results.listAfter(this.database, { clientId: actor.id, after: BigInt(after), limit });
    const items = rows.map((row) => ({
      sequence: String(row.sequence),
      messageId: row.message_id,
      type: payoutResultsReportedV1.name,
      data: JSON.parse(row.body) as PayoutResultsReportedV1,
    }));
    return { items, next: items.at(-1)?.sequence ?? after };
  }
}
