import { Body, Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ANY_PERSON, CurrentActor, IdempotencyKey, IdempotentWrites, Role, Roles, type Actor } from '@jinku/service';
import { ACCOUNT_REFUSALS } from '../domain/account-refusals.ts';
import { ReadAccountHistory, type ClosingView } from '../queries/read-account-history.ts';
import { StateClosingCheck } from '../use-cases/state-closing-check.ts';
import { closingStatement, closingView, uuid, type ClosingStatement } from './accounts.schemas.ts';

@ApiTags('accounts')
@ApiBearerAuth()
@Controller('v1/accounts/:id/closing')
export class AccountClosingsController {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly stateCheck: StateClosingCheck,
    private readonly histories: ReadAccountHistory,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The last closing of an account: every check, who answered it with what evidence, and how it ended' })
  @ApiResponse({ status: 200, standardSchema: closingView })
  async get(@Param('id', { schema: uuid }) id: string): Promise<ClosingView> {
    const closing = await this.histories.lastClosing(id);
    if (closing === null) throw ACCOUNT_REFUSALS.CLOSING_NOT_FOUND();
    return closing;
  }

  @Post('statements')
  @HttpCode(204)
  @Roles(Role.OPERATOR, Role.APPROVER)
  @ApiOperation({ summary: 'State, with evidence, the answer to a check that no service answers; REFUSED reopens the account' })
  @ApiResponse({ status: 204 })
  async state(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: closingStatement }) body: ClosingStatement,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<void> {
    await this.writes.execute({ actor, key, operation: `accounts.state-closing-check:${id}`, content: body }, async (tx) => {
      await this.stateCheck.execute(tx, id, { ...body, actor });
      return null;
    });
  }
}
