import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, AuditTrail, CLOCK, CurrentActor, IdempotencyKey, once, pageFields, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import { z } from 'zod';
import { DispatchBell } from '../../payout/domain/dispatch-bell.ts';
import { PAYOUT_REFUSALS } from '../../payout/domain/payout-refusals.ts';
import { idParameter, reasonBody } from '../../payout/http/payout-bodies.ts';
import { ListPayouts } from '../../payout/queries/list-payouts.ts';
import { RouteRepository, type Route } from '../persistence/route.repository.ts';
import { ListAttempts, type AttemptView } from '../queries/list-attempts.ts';
import { ListOutcomeConflicts, type OutcomeConflictView } from '../queries/list-outcome-conflicts.ts';
import { attemptList, conflictPage, routeList } from './attempt-answers.ts';

const conflictQuery = z.strictObject(pageFields);
const routeParameter = z.string().regex(/^[A-Z]{1,32}$/, 'is the name of a route');

@ApiTags('attempts')
@ApiBearerAuth()
@Controller('v1')
export class AttemptsController {
  constructor(
    private readonly database: Database,
    private readonly attempts: ListAttempts,
    private readonly conflicts: ListOutcomeConflicts,
    private readonly payouts: ListPayouts,
    private readonly routes: RouteRepository,
    private readonly audit: AuditTrail,
    private readonly bell: DispatchBell,
    @Inject(CLOCK) private readonly clock: Clock,
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

  @Get('routes')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The routes payouts may take, and why one is stopped' })
  @ApiResponse({ status: 200, standardSchema: routeList })
  async listRoutes(): Promise<{ items: Route[] }> {
    return { items: await this.routes.list(this.database) };
  }

  @Post('routes/:route/open')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Open a route again that was stopped for a defect' })
  @ApiResponse({ status: 200, standardSchema: routeList })
  openRoute(
    @Param('route', { schema: routeParameter }) route: string,
    @Body({ schema: reasonBody }) body: z.output<typeof reasonBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() key: string,
  ): Promise<{ items: Route[] }> {
    const now = this.clock.now();
    const write = { actor, key, operation: 'payouts.open-route', content: { route, ...body }, at: now };
    return this.database.transaction((tx) =>
      once(tx, write, async () => {
        const known = await this.routes.list(tx);
        if (!known.some((one) => one.route === route)) throw PAYOUT_REFUSALS.UNKNOWN_ROUTE();
        const isOpened = await this.routes.open(tx, { route, reason: body.reason, by: actor.id, now });
        if (isOpened) await this.audit.record(tx, { actor, action: 'payouts.open-route', subject: `route:${route}`, reason: body.reason });
        tx.afterCommit(() => this.bell.ring());
        return { items: await this.routes.list(tx) };
      }),
    );
  }
}
