import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { invariant } from '@jinku/errors';
import { parseAmount } from '@jinku/money';
import { ANY_PERSON, CurrentActor, IdempotencyKey, IdempotentWrites, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import type { z } from 'zod';
import { ALLOWED_TRANSFERS, type AllowedTransfer } from '../domain/allowed-transfers.ts';
import { TRANSFER_REFUSALS } from '../domain/transfer-refusals.ts';
import { ListTransfers, type TransferView } from '../queries/list-transfers.ts';
import { ReadTransfer, type TransferWithHistory } from '../queries/read-transfer.ts';
import { DecideTransfer } from '../use-cases/decide-transfer.ts';
import { PlaceTransfer } from '../use-cases/place-transfer.ts';
import { allowedTransfers, reasonBody, transferBody, transferId, transferMoved, transferPage, transferQuery, transferWithHistory } from './transfer-orders.schemas.ts';

type Moved = z.output<typeof transferMoved>;
type Reason = z.output<typeof reasonBody>;
type Verb = 'approve' | 'reject' | 'withdraw' | 'cancel' | 'resume';

@ApiTags('transfers')
@ApiBearerAuth()
@Controller('v1/transfers')
export class TransferOrdersController {
  constructor(
    private readonly writes: IdempotentWrites,
    private readonly transfers: ListTransfers,
    private readonly transfer: ReadTransfer,
    private readonly place: PlaceTransfer,
    private readonly decide: DecideTransfer,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Transfer orders, of people and of rules' })
  @ApiResponse({ status: 200, standardSchema: transferPage })
  async list(@Query({ schema: transferQuery }) query: z.output<typeof transferQuery>): Promise<Page<TransferView>> {
    return pageOf(await this.transfers.execute(query), query.limit);
  }

  @Get('allowed')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The matrix of pairs of account classes with their means and purposes; all else is refused' })
  @ApiResponse({ status: 200, standardSchema: allowedTransfers })
  allowed(): { readonly items: readonly AllowedTransfer[] } {
    return { items: ALLOWED_TRANSFERS };
  }

  @Get(':id')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'One order with its legs, numbers, movements and everything that was told of it' })
  @ApiResponse({ status: 200, standardSchema: transferWithHistory })
  async get(@Param('id', { schema: transferId }) id: string): Promise<TransferWithHistory> {
    const found = await this.transfer.execute(id);
    if (found === null) throw TRANSFER_REFUSALS.TRANSFER_NOT_FOUND();
    return found;
  }

  @Post()
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Order a transfer between two accounts of the institution; client money to own money, and large amounts, wait for a second person' })
  @ApiResponse({ status: 202, standardSchema: transferMoved })
  request(@Body({ schema: transferBody }) body: z.output<typeof transferBody>, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    const amountMinor = parseAmount(body.amount);
    invariant(amountMinor !== null, 'the schema has checked the amount');
    const { amount: _, means = null, ...asked } = body;
    return this.writes.execute({ actor, key, operation: 'transfers.place-transfer', content: body }, (tx) =>
      this.place.execute(tx, { ...asked, means, amountMinor, makerId: actor.id, rule: null }),
    );
  }

  @Post(':id/approve')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiOperation({ summary: 'Let an order go; never by the person who made it' })
  @ApiResponse({ status: 200, standardSchema: transferMoved })
  approve(@Param('id', { schema: transferId }) id: string, @Body({ schema: reasonBody }) body: Reason, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    return this.#act('approve', id, { body, key, actor });
  }

  @Post(':id/reject')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiOperation({ summary: 'Refuse an order; never by the person who made it' })
  @ApiResponse({ status: 200, standardSchema: transferMoved })
  reject(@Param('id', { schema: transferId }) id: string, @Body({ schema: reasonBody }) body: Reason, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    return this.#act('reject', id, { body, key, actor });
  }

  @Post(':id/withdraw')
  @HttpCode(200)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Take back one\'s own order while it waits for a second person' })
  @ApiResponse({ status: 200, standardSchema: transferMoved })
  withdraw(@Param('id', { schema: transferId }) id: string, @Body({ schema: reasonBody }) body: Reason, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    return this.#act('withdraw', id, { body, key, actor });
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Cancel an order none of whose money can have left' })
  @ApiResponse({ status: 200, standardSchema: transferMoved })
  cancel(@Param('id', { schema: transferId }) id: string, @Body({ schema: reasonBody }) body: Reason, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    return this.#act('cancel', id, { body, key, actor });
  }

  @Post(':id/resume')
  @HttpCode(200)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Let a stopped order go on: what definitely did not move leaves again under another number' })
  @ApiResponse({ status: 200, standardSchema: transferMoved })
  resume(@Param('id', { schema: transferId }) id: string, @Body({ schema: reasonBody }) body: Reason, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<Moved> {
    return this.#act('resume', id, { body, key, actor });
  }

  #act(verb: Verb, id: string, { body, key, actor }: { body: Reason; key: string; actor: Actor }): Promise<Moved> {
    return this.writes.execute({ actor, key, operation: `transfers.${verb}:${id}`, content: body }, async (tx) => ({
      id,
      state: await this.decide[verb](tx, id, { actor, reason: body.reason }),
    }));
  }
}
