import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { Database, type Tx } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, once, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import { ACCOUNT_REFUSALS } from '../domain/account-refusals.ts';
import type { Account } from '../domain/account.ts';
import { AccountRepository } from '../persistence/account.repository.ts';
import { ChangeAccountState } from '../use-cases/change-account-state.ts';
import { DecideAccountOpening } from '../use-cases/decide-account-opening.ts';
import { RequestAccountOpening } from '../use-cases/request-account-opening.ts';
import {
  accountId,
  accountPage,
  accountQuery,
  accountView,
  decision,
  decisionAnswer,
  openingAnswer,
  openingRequest,
  stateChange,
  type AccountQuery,
  type DecisionBody,
  type OpeningBody,
  type StateChangeBody,
} from './accounts.schemas.ts';

@ApiTags('accounts')
@ApiBearerAuth()
@Controller('v1/accounts')
export class AccountsController {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountRepository,
    private readonly requestOpening: RequestAccountOpening,
    private readonly decideOpening: DecideAccountOpening,
    private readonly changeState: ChangeAccountState,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The register of accounts, masked' })
  @ApiResponse({ status: 200, standardSchema: accountPage })
  async list(@Query({ schema: accountQuery }) query: AccountQuery): Promise<Page<Account>> {
    return pageOf(await this.accounts.list(this.database, query), query.limit);
  }

  @Get(':id')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'One account, with the state of its link to the ledger' })
  @ApiResponse({ status: 200, standardSchema: accountView })
  async get(@Param('id', { schema: accountId }) id: string): Promise<Account> {
    const account = await this.accounts.find(this.database, id);
    if (account === null) throw ACCOUNT_REFUSALS.ACCOUNT_NOT_FOUND();
    return account;
  }

  @Post()
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Ask for an account; a second person approves it' })
  @ApiResponse({ status: 202, standardSchema: openingAnswer })
  open(@Body({ schema: openingRequest }) body: OpeningBody, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<{ id: string; approvalId: string }> {
    return this.write({ actor, key, operation: 'accounts.open', content: body }, (tx) => this.requestOpening.execute(tx, body, actor));
  }

  @Post('openings/:id/approve')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiOperation({ summary: 'Approve an opening: the ledger then opens the internal account' })
  @ApiResponse({ status: 200, standardSchema: decisionAnswer })
  approve(
    @Param('id', { schema: accountId }) id: string,
    @Body({ schema: decision }) body: DecisionBody,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<{ accountId: string }> {
    return this.write({ actor, key, operation: `accounts.approve:${id}`, content: body }, (tx) => this.decideOpening.approve(tx, id, { checker: actor, note: body.note }));
  }

  @Post('openings/:id/reject')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiOperation({ summary: 'Reject an opening' })
  @ApiResponse({ status: 200, standardSchema: decisionAnswer })
  reject(
    @Param('id', { schema: accountId }) id: string,
    @Body({ schema: decision }) body: DecisionBody,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<{ accountId: string }> {
    return this.write({ actor, key, operation: `accounts.reject:${id}`, content: body }, (tx) => this.decideOpening.reject(tx, id, { checker: actor, note: body.note }));
  }

  @Post(':id/freeze')
  @HttpCode(200)
  @Roles(Role.OPERATOR, Role.APPROVER)
  @ApiOperation({ summary: 'Freeze an account at once' })
  @ApiResponse({ status: 200, standardSchema: accountView })
  freeze(
    @Param('id', { schema: accountId }) id: string,
    @Body({ schema: stateChange }) { reason }: StateChangeBody,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<Account> {
    return this.write({ actor, key, operation: `accounts.freeze:${id}`, content: reason }, (tx) => this.changeState.execute(tx, id, { event: 'freeze', actor, reason }));
  }

  @Post(':id/unfreeze')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiOperation({ summary: 'Lift a freeze' })
  @ApiResponse({ status: 200, standardSchema: accountView })
  unfreeze(
    @Param('id', { schema: accountId }) id: string,
    @Body({ schema: stateChange }) { reason }: StateChangeBody,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<Account> {
    return this.write({ actor, key, operation: `accounts.unfreeze:${id}`, content: reason }, (tx) => this.changeState.execute(tx, id, { event: 'unfreeze', actor, reason }));
  }

  private write<T>(request: { actor: Actor; key: string; operation: string; content: unknown }, work: (tx: Tx) => Promise<T>): Promise<T> {
    return this.database.transaction((tx) => once(tx, { ...request, at: this.clock.now() }, () => work(tx)));
  }
}
