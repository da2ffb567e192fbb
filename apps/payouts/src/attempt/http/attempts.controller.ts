import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ANY_PERSON, CurrentActor, pageFields, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import { z } from 'zod';
import { PAYOUT_REFUSALS } from '../../payout/domain/payout-refusals.ts';
import { idParameter } from '../../payout/http/payout-bodies.ts';
import { ListPayouts } from '../../payout/queries/list-payouts.ts';
import { ListAttempts, type AttemptView } from '../queries/list-attempts.ts';
import { ListOutcomeConflicts, type OutcomeConflictView } from '../queries/list-outcome-conflicts.ts';
import { attemptList, conflictPage } from './attempt-answers.ts';

const conflictQuery = z.strictObject(pageFields);

@ApiTags('attempts')
@ApiBearerAuth()
@Controller('v1')
export class AttemptsController {
  constructor(
    private readonly attempts: ListAttempts,
    private readonly conflicts: ListOutcomeConflicts,
    private readonly payouts: ListPayouts,
  ) {}

  @Get('payouts/:id/attempts')
  @Roles(Role.CLIENT, ...ANY_PERSON)
  @ApiOperation({ summary: 'All attempts of a payout with their inquiries' })
  @ApiResponse({ status: 200, standardSchema: attemptList })
  async list(@Param('id', { schema: idParameter }) payoutId: string, @CurrentActor() actor: Actor): Promise<{ items: AttemptView[] }> {
    const payout = await this.payouts.find(payoutId);
    if (payout === null || (actor.kind === 'CLIENT' && payout.clientId !== actor.id)) throw PAYOUT_REFUSALS.PAYOUT_NOT_FOUND();
    return { items: await this.attempts.execute(payoutId) };
  }

  @Get('payouts/outcome-conflicts')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Words of the house that contradict what is on record, the newest first; a person looks at each' })
  @ApiResponse({ status: 200, standardSchema: conflictPage })
  async listConflicts(@Query({ schema: conflictQuery }) query: z.output<typeof conflictQuery>): Promise<Page<OutcomeConflictView>> {
    return pageOf(await this.conflicts.execute(query), query.limit);
  }
}
