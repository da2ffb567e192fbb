import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ClearingHouse } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, CurrentActor, pageFields, pageOf, Role, Roles, AuditTrail, type Actor, type Page } from '@jinku/service';
import { z } from 'zod';
import { effectiveTotal, GrantHolder } from '../../grant/domain/grant.ts';
import { GrantRepository } from '../../grant/persistence/grant.repository.ts';
import { CollectQuota } from '../jobs/collect-quota.ts';
import { ListQuotaHistory, type QuotaHistoryPoint } from '../queries/list-quota-history.ts';
import { ReadPositionBoard, type QuotaPosition } from '../queries/read-position-board.ts';

const amount = z.string();

export const quotaPosition = z.object({
  clearingHouse: z.string(),
  mappedQuota: amount,
  bookAvailable: amount,
  reserved: amount,
  grantedFree: amount,
  ungranted: amount,
  free: amount,
  pendingIncreases: amount,
  pendingDecreases: amount,
  railAvailable: amount,
  figureDifference: amount,
  source: z.string(),
  asOf: z.iso.datetime(),
  ageMs: z.number(),
  isStale: z.boolean(),
  isCovered: z.boolean(),
});
const quotaPositions = z.object({ items: z.array(quotaPosition) });

const houseParameter = z.enum(ClearingHouse);
const historyQuery = z.strictObject({ ...pageFields, from: z.iso.datetime().optional(), until: z.iso.datetime().optional() });
const historyPage = z.object({
  items: z.array(z.object({ id: z.uuid(), mappedQuota: amount, railAvailable: amount, source: z.string(), asOf: z.iso.datetime() })),
  next: z.uuid().nullable(),
});

const collectionAnswer = z.object({ status: z.literal('ASKED') });

const grantList = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      clearingHouse: z.string(),
      holder: z.enum(GrantHolder),
      shard: z.int(),
      epoch: z.int(),
      acceptedEpoch: z.int(),
      grantedTotal: amount,
      effectiveTotal: amount,
      consumedTotal: amount,
      reserved: amount,
      need: amount,
    }),
  ),
});

@ApiTags('quotas')
@ApiBearerAuth()
@Controller('v1')
export class QuotasController {
  constructor(
    private readonly database: Database,
    private readonly board: ReadPositionBoard,
    private readonly history: ListQuotaHistory,
    private readonly grants: GrantRepository,
    private readonly collectQuota: CollectQuota,
    private readonly audit: AuditTrail,
  ) {}

  @Get('quotas')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The position of each clearing house: mapped, granted, reserved and free quota, with source and age' })
  @ApiResponse({ status: 200, standardSchema: quotaPositions })
  async list(): Promise<{ items: QuotaPosition[] }> {
    return { items: await this.board.execute() };
  }

  @Get('quotas/:clearingHouse/history')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The figures of a clearing house over time, each until the next: what a chart is drawn from' })
  @ApiResponse({ status: 200, standardSchema: historyPage })
  async listHistory(
    @Param('clearingHouse', { schema: houseParameter }) clearingHouse: ClearingHouse,
    @Query({ schema: historyQuery }) query: z.output<typeof historyQuery>,
  ): Promise<Page<QuotaHistoryPoint>> {
    return pageOf(await this.history.execute({ clearingHouse, ...query }), query.limit);
  }

  @Get('grants')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'What each payout shard and the fund-downs may spend, in totals since the grant began' })
  @ApiResponse({ status: 200, standardSchema: grantList })
  async listGrants(): Promise<z.output<typeof grantList>> {
    const grants = await this.grants.list(this.database);
    return {
      items: grants.map((grant) => ({
        id: grant.id,
        clearingHouse: grant.clearingHouse,
        holder: grant.holder,
        shard: grant.shard,
        epoch: grant.epoch,
        acceptedEpoch: grant.acceptedEpoch,
        grantedTotal: formatAmount(grant.grantedTotal),
        effectiveTotal: formatAmount(effectiveTotal(grant)),
        consumedTotal: formatAmount(grant.consumedTotal),
        reserved: formatAmount(grant.reserved),
        need: formatAmount(grant.need),
      })),
    };
  }

  @Post('quotas/collections')
  @HttpCode(202)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Ask the clearing houses for their figures now; the position board shows them when they have answered' })
  @ApiResponse({ status: 202, standardSchema: collectionAnswer })
  async collect(@CurrentActor() actor: Actor): Promise<{ status: 'ASKED' }> {
    await this.database.transaction((tx) => this.audit.record(tx, { actor, action: 'quotas.collect', subject: 'quotas' }));
    this.collectQuota.ring();
    return { status: 'ASKED' };
  }
}
