import { Body, Controller, Get, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { Database, type Tx } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, once, Role, Roles, type Actor } from '@jinku/service';
import type { z } from 'zod';
import { IDEMPOTENCY_KEY } from '../../idempotency-header.ts';
import { idParameter, reasonBody, resolutionBody } from '../../payout/http/payout-bodies.ts';
import { ListResolutions, type ResolutionView } from '../queries/list-resolutions.ts';
import { ResolveAttempt, type DecideResolution } from '../use-cases/resolve-attempt.ts';

const OPEN_SHOWN_MAX = 500;

type Reason = z.output<typeof reasonBody>;

@ApiTags('attempts')
@ApiBearerAuth()
@Controller('v1/payouts')
export class ResolutionsController {
  constructor(
    private readonly database: Database,
    private readonly resolve: ResolveAttempt,
    private readonly resolutions: ListResolutions,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('resolutions')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Proposals about unknown payouts that wait for a second person, the oldest first' })
  async listOpen(): Promise<{ items: ResolutionView[] }> {
    return { items: await this.resolutions.open({ now: this.clock.now(), limit: OPEN_SHOWN_MAX }) };
  }

  @Get(':id/resolutions')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'What persons proposed and decided about a payout\'s attempts' })
  async list(@Param('id', { schema: idParameter }) payoutId: string): Promise<{ items: ResolutionView[] }> {
    return { items: await this.resolutions.ofPayout(payoutId) };
  }

  @ApiHeader(IDEMPOTENCY_KEY)
  @Post(':id/resolutions')
  @HttpCode(201)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Propose what an attempt with an unknown outcome came to, with evidence' })
  propose(
    @Param('id', { schema: idParameter }) payoutId: string,
    @Body({ schema: resolutionBody }) body: z.output<typeof resolutionBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() key: string,
  ): Promise<{ resolutionId: string }> {
    const write = { actor, key, operation: 'payouts.propose-resolution', content: { payoutId, ...body }, at: this.clock.now() };
    return this.database.transaction((tx) => once(tx, write, () => this.resolve.propose(tx, { payoutId, actor, ...body })));
  }

  @ApiHeader(IDEMPOTENCY_KEY)
  @Post(':id/resolutions/:resolutionId/approve')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.APPROVER, Role.ADMIN)
  @ApiOperation({ summary: 'Approve another person\'s proposal; it takes effect at once' })
  approve(
    @Param('id', { schema: idParameter }) payoutId: string,
    @Param('resolutionId', { schema: idParameter }) resolutionId: string,
    @Body({ schema: reasonBody }) { reason }: Reason,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() key: string,
  ): Promise<{ resolutionId: string; state: string }> {
    return this.#decided('approve', { payoutId, resolutionId, actor, reason }, key, (tx, given) => this.resolve.approve(tx, given));
  }

  @ApiHeader(IDEMPOTENCY_KEY)
  @Post(':id/resolutions/:resolutionId/reject')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.APPROVER, Role.ADMIN)
  @ApiOperation({ summary: 'Reject another person\'s proposal; the attempt stays open' })
  reject(
    @Param('id', { schema: idParameter }) payoutId: string,
    @Param('resolutionId', { schema: idParameter }) resolutionId: string,
    @Body({ schema: reasonBody }) { reason }: Reason,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() key: string,
  ): Promise<{ resolutionId: string; state: string }> {
    return this.#decided('reject', { payoutId, resolutionId, actor, reason }, key, (tx, given) => this.resolve.reject(tx, given));
  }

  @ApiHeader(IDEMPOTENCY_KEY)
  @Post(':id/resolutions/:resolutionId/withdraw')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Take one\'s own proposal back' })
  withdraw(
    @Param('id', { schema: idParameter }) payoutId: string,
    @Param('resolutionId', { schema: idParameter }) resolutionId: string,
    @Body({ schema: reasonBody }) { reason }: Reason,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() key: string,
  ): Promise<{ resolutionId: string; state: string }> {
    return this.#decided('withdraw', { payoutId, resolutionId, actor, reason }, key, (tx, given) => this.resolve.withdraw(tx, given));
  }

  #decided<T>(verb: 'approve' | 'reject' | 'withdraw', given: DecideResolution, key: string, work: (tx: Tx, given: DecideResolution) => Promise<T>): Promise<T> {
    const { actor, payoutId, resolutionId, reason } = given;
    const write = { actor, key, operation: `payouts.${verb}-resolution`, content: { payoutId, resolutionId, reason }, at: this.clock.now() };
    return this.database.transaction((tx) => once(tx, write, () => work(tx, given)));
  }
}
