import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { Database, type Tx } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, once, Role, Roles, type Actor } from '@jinku/service';
import type { z } from 'zod';
import { idParameter, reasonBody } from '../../payout/http/payout-bodies.ts';
import { ListBreakers, viewOf, type BreakerView } from '../queries/list-breakers.ts';
import { ForceBreaker, type DecideForce } from '../use-cases/force-breaker.ts';
import { breakerHistory, breakerList, breakerParameter, breakerView, decidedForce, forceBody, proposedForce } from './route-bodies.ts';

type Reason = z.output<typeof reasonBody>;

@ApiTags('routes')
@ApiBearerAuth()
@Controller('v1/routes/breakers')
export class BreakersController {
  constructor(
    private readonly database: Database,
    private readonly breakers: ListBreakers,
    private readonly force: ForceBreaker,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The breakers that were ever broken or forced, and the forces that wait for a second person' })
  @ApiResponse({ status: 200, standardSchema: breakerList })
  list(): Promise<z.output<typeof breakerList>> {
    return this.breakers.execute(this.clock.now());
  }

  @Get(':key/history')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'What became of one breaker, the latest first' })
  @ApiResponse({ status: 200, standardSchema: breakerHistory })
  history(@Param('key', { schema: breakerParameter }) key: string): Promise<z.output<typeof breakerHistory>> {
    return this.breakers.history(keyOf(key));
  }

  @Post(':key/force')
  @HttpCode(201)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Propose to hold a breaker open or closed until a time; another person decides' })
  @ApiResponse({ status: 201, standardSchema: proposedForce })
  propose(
    @Param('key', { schema: breakerParameter }) parameter: string,
    @Body({ schema: forceBody }) body: z.output<typeof forceBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() idempotencyKey: string,
  ): Promise<{ proposalId: string }> {
    const content = { ...body, key: keyOf(parameter) };
    const write = { actor, key: idempotencyKey, operation: 'payouts.propose-force-breaker', content, at: this.clock.now() };
    return this.database.transaction((tx) => once(tx, write, () => this.force.propose(tx, { ...content, actor })));
  }

  @Post('proposals/:id/approve')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.APPROVER, Role.ADMIN)
  @ApiOperation({ summary: 'Approve another person\'s force; it takes effect at once' })
  @ApiResponse({ status: 200, standardSchema: decidedForce })
  approve(@Param('id', { schema: idParameter }) id: string, @Body({ schema: reasonBody }) { reason }: Reason, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<z.output<typeof decidedForce>> {
    return this.#decided('approve', { proposalId: id, actor, reason }, key, (tx, given) => this.force.approve(tx, given));
  }

  @Post('proposals/:id/reject')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.APPROVER, Role.ADMIN)
  @ApiOperation({ summary: 'Reject another person\'s force' })
  @ApiResponse({ status: 200, standardSchema: decidedForce })
  reject(@Param('id', { schema: idParameter }) id: string, @Body({ schema: reasonBody }) { reason }: Reason, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<z.output<typeof decidedForce>> {
    return this.#decided('reject', { proposalId: id, actor, reason }, key, (tx, given) => this.force.reject(tx, given));
  }

  @Post('proposals/:id/withdraw')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Take one\'s own force back before it is decided' })
  @ApiResponse({ status: 200, standardSchema: decidedForce })
  withdraw(@Param('id', { schema: idParameter }) id: string, @Body({ schema: reasonBody }) { reason }: Reason, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<z.output<typeof decidedForce>> {
    return this.#decided('withdraw', { proposalId: id, actor, reason }, key, (tx, given) => this.force.withdraw(tx, given));
  }

  @Post(':key/release')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Give a forced breaker back to its own judgement' })
  @ApiResponse({ status: 200, standardSchema: breakerView })
  release(@Param('key', { schema: breakerParameter }) parameter: string, @Body({ schema: reasonBody }) { reason }: Reason, @CurrentActor() actor: Actor, @IdempotencyKey() idempotencyKey: string): Promise<BreakerView> {
    const content = { key: keyOf(parameter), reason };
    const write = { actor, key: idempotencyKey, operation: 'payouts.release-breaker', content, at: this.clock.now() };
    return this.database.transaction((tx) => once(tx, write, async () => viewOf(await this.force.release(tx, { ...content, actor }))));
  }

  #decided<T>(verb: 'approve' | 'reject' | 'withdraw', given: DecideForce, key: string, work: (tx: Tx, given: DecideForce) => Promise<T>): Promise<T> {
    const { actor, proposalId, reason } = given;
    const write = { actor, key, operation: `payouts.${verb}-force-breaker`, content: { proposalId, reason }, at: this.clock.now() };
    return this.database.transaction((tx) => once(tx, write, () => work(tx, given)));
  }
}

function keyOf(parameter: string): string {
  return parameter.replace(':', '/');
}
