import { Body, Controller, Get, HttpCode, Inject, Param, Post, Put } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { formatAmount, parseAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, AuditTrail, CLOCK, CurrentActor, IdempotencyKey, once, Role, Roles, type Actor } from '@jinku/service';
import type { z } from 'zod';
import { DispatchBell } from '../../payout/domain/dispatch-bell.ts';
import { reasonBody } from '../../payout/http/payout-bodies.ts';
import { SetRouteRules } from '../use-cases/set-route-rules.ts';
import { RouteRepository, type Route, type RouteBank } from '../persistence/route.repository.ts';
import { bankParameter, houseParameter, routeBankBody, routeBankList, routeBankView, routeBody, routeList } from './route-bodies.ts';

type RouteBankView = z.output<typeof routeBankView>;

/** Putting the same rule again changes nothing: the idempotency key is demanded as of every write, and not looked at. */
@ApiTags('routes')
@ApiBearerAuth()
@Controller('v1/routes')
export class RoutesController {
  constructor(
    private readonly database: Database,
    private readonly routes: RouteRepository,
    private readonly rules: SetRouteRules,
    private readonly audit: AuditTrail,
    private readonly bell: DispatchBell,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The houses payouts may go by, the largest payout each takes, and why one is stopped' })
  @ApiResponse({ status: 200, standardSchema: routeList })
  async list(): Promise<z.output<typeof routeList>> {
    return { items: (await this.routes.list(this.database)).map((route) => viewOf(route)) };
  }

  @Post(':route/open')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Open a route again that was stopped for a defect' })
  @ApiResponse({ status: 200, standardSchema: routeList })
  open(
    @Param('route', { schema: houseParameter }) route: ClearingHouse,
    @Body({ schema: reasonBody }) body: z.output<typeof reasonBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() key: string,
  ): Promise<z.output<typeof routeList>> {
    const now = this.clock.now();
    const write = { actor, key, operation: 'payouts.open-route', content: { route, ...body }, at: now };
    return this.database.transaction((tx) =>
      once(tx, write, async () => {
        const isOpened = await this.routes.open(tx, { route, reason: body.reason, by: actor.id, now });
        if (isOpened) await this.audit.record(tx, { actor, action: 'payouts.open-route', subject: `route:${route}`, reason: body.reason });
        tx.afterCommit(() => this.bell.ring());
        return { items: (await this.routes.list(tx)).map((one) => viewOf(one)) };
      }),
    );
  }

  @Put(':route')
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Set the largest payout a house takes; null for any' })
  @ApiResponse({ status: 200, standardSchema: routeList })
  async put(
    @Param('route', { schema: houseParameter }) route: ClearingHouse,
    @Body({ schema: routeBody }) body: z.output<typeof routeBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() _key: string,
  ): Promise<z.output<typeof routeList>> {
    const routes = await this.rules.setLimit({ route, perItemLimitMinor: minorOf(body.perItemLimit), actor });
    return { items: routes.map((one) => viewOf(one)) };
  }

  @Get('banks')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The payee banks that a house does not reach, or takes smaller payouts for' })
  @ApiResponse({ status: 200, standardSchema: routeBankList })
  async listBanks(): Promise<z.output<typeof routeBankList>> {
    return { items: (await this.routes.listBanks(this.database)).map((bank) => bankViewOf(bank)) };
  }

  @Put(':route/banks/:bankCode')
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Say whether a house reaches a payee bank, and with how large a payout at most' })
  @ApiResponse({ status: 200, standardSchema: routeBankView })
  async putBank(
    @Param('route', { schema: houseParameter }) route: ClearingHouse,
    @Param('bankCode', { schema: bankParameter }) bankCode: string,
    @Body({ schema: routeBankBody }) body: z.output<typeof routeBankBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() _key: string,
  ): Promise<RouteBankView> {
    const bank: RouteBank = { route, bankCode, isReachable: body.reachable, perItemLimitMinor: minorOf(body.perItemLimit) };
    await this.rules.setBank(bank, actor);
    return bankViewOf(bank);
  }
}

function minorOf(amount: string | null): bigint | null {
  return amount === null ? null : parseAmount(amount);
}

function amountOf(minor: bigint | null): string | null {
  return minor === null ? null : formatAmount(minor);
}

function viewOf({ perItemLimitMinor, changedAt, ...route }: Route): z.output<typeof routeList>['items'][number] {
  return { ...route, changedAt: changedAt?.toISOString() ?? null, perItemLimit: amountOf(perItemLimitMinor) };
}

function bankViewOf({ route, bankCode, isReachable, perItemLimitMinor }: RouteBank): RouteBankView {
  return { route, bankCode, reachable: isReachable, perItemLimit: amountOf(perItemLimitMinor) };
}
