import { Body, Controller, Get, HttpCode, Inject, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, once, Role, Roles, type Actor } from '@jinku/service';
import type { z } from 'zod';
import { IDEMPOTENCY_KEY } from '../../idempotency-header.ts';
import { SwitchDispatch, type DispatchSwitch } from '../use-cases/switch-dispatch.ts';
import { reasonBody } from './payout-bodies.ts';

type Reason = z.output<typeof reasonBody>;

@ApiTags('payouts')
@ApiBearerAuth()
@Controller('v1')
export class DispatchSwitchController {
  constructor(
    private readonly database: Database,
    private readonly dispatch: SwitchDispatch,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('dispatch')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Whether payouts are stopped, by whom and why' })
  read(): Promise<DispatchSwitch> {
    return this.dispatch.read(this.database);
  }

  @ApiHeader(IDEMPOTENCY_KEY)
  @Post('payouts/stop-all')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Stop all payouts; one person is enough' })
  stop(@Body({ schema: reasonBody }) body: Reason, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<DispatchSwitch> {
    const write = { actor, key, operation: 'payouts.stop-all', content: body, at: this.clock.now() };
    return this.database.transaction((tx) => once(tx, write, () => this.dispatch.stop(tx, { actor, reason: body.reason })));
  }

  @ApiHeader(IDEMPOTENCY_KEY)
  @Post('payouts/start-all')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.APPROVER, Role.ADMIN)
  @ApiOperation({ summary: 'Start all payouts again: the first person proposes, the second one starts' })
  start(@Body({ schema: reasonBody }) body: Reason, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<DispatchSwitch> {
    const write = { actor, key, operation: 'payouts.start-all', content: body, at: this.clock.now() };
    return this.database.transaction((tx) => once(tx, write, () => this.dispatch.start(tx, { actor, reason: body.reason })));
  }
}
