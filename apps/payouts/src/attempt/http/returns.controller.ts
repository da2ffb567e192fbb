import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ANY_PERSON, CurrentActor, Role, Roles, type Actor } from '@jinku/service';
import { z } from 'zod';
import { PAYOUT_REFUSALS } from '../../payout/domain/payout-refusals.ts';
import { idParameter } from '../../payout/http/payout-bodies.ts';
import { ListPayouts } from '../../payout/queries/list-payouts.ts';
import { ReturnState } from '../domain/payout-return.ts';
import { returnList } from './attempt-answers.ts';
import { ListReturns, type ReturnView } from '../queries/list-returns.ts';

const returnQuery = z.strictObject({ state: z.enum(ReturnState).optional(), limit: z.coerce.number().int().min(1).max(500).default(50) });

@ApiTags('payouts')
@ApiBearerAuth()
@Controller('v1/payouts')
export class ReturnsController {
  constructor(
    private readonly returns: ListReturns,
    private readonly payouts: ListPayouts,
  ) {}

  @Get('returns')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The latest returns that the house told, with what became of each' })
  @ApiResponse({ status: 200, standardSchema: returnList })
  async latest(@Query({ schema: returnQuery }) query: z.output<typeof returnQuery>): Promise<{ items: ReturnView[] }> {
    return { items: await this.returns.latest(query) };
  }

  @Get(':id/returns')
  @Roles(Role.CLIENT, ...ANY_PERSON)
  @ApiOperation({ summary: 'What came back of a payout that had succeeded' })
  @ApiResponse({ status: 200, standardSchema: returnList })
  async list(@Param('id', { schema: idParameter }) payoutId: string, @CurrentActor() actor: Actor): Promise<{ items: ReturnView[] }> {
    const payout = await this.payouts.find(payoutId);
    if (payout === null || (actor.kind === 'CLIENT' && payout.clientId !== actor.id)) throw PAYOUT_REFUSALS.PAYOUT_NOT_FOUND();
    return { items: await this.returns.ofPayout(payoutId) };
  }
}
