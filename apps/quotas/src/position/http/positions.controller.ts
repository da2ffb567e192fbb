import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { AccountClass } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, pageFields, pageOf, Roles, type Page } from '@jinku/service';
import { z } from 'zod';
import { bufferView } from '../../buffer/http/buffer.controller.ts';
import { quotaPosition } from '../../quota/http/quotas.controller.ts';
import { Alert } from '../domain/institution-book.ts';
import { PositionRepository } from '../persistence/position.repository.ts';
import { ReadPositions, type PositionsView } from '../queries/read-positions.ts';

const accountId = z.uuid();
const accountPosition = z.object({
  accountId,
  accountClass: z.enum(AccountClass),
  owner: z.enum(['CLIENT', 'OWN']),
  name: z.string(),
  balance: z.string().nullable(),
  source: z.string().nullable(),
  asOf: z.iso.datetime().nullable(),
  ageMs: z.number().nullable(),
  isStale: z.boolean(),
});
const positionsView = z.object({
  accounts: z.array(accountPosition),
  buffer: bufferView,
  houses: z.array(quotaPosition),
  inTransit: z.object({ amount: z.string(), asOf: z.iso.datetime().nullable() }),
  alerts: z.array(z.enum(Alert)),
});
const historyQuery = z.strictObject(pageFields);
const historyPoint = z.object({ id: z.uuid(), balance: z.string(), source: z.string(), asOf: z.iso.datetime() });

@ApiTags('positions')
@ApiBearerAuth()
@Controller('v1/positions')
export class PositionsController {
  constructor(
    private readonly database: Database,
    private readonly board: ReadPositions,
    private readonly positions: PositionRepository,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The position board: accounts, the central reserve and its buffer, both clearing houses, in transit; each figure with source and age' })
  @ApiResponse({ status: 200, standardSchema: positionsView })
  read(): Promise<PositionsView> {
    return this.board.execute();
  }

  @Get(':accountId/history')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The balances of an account over time, the newest first: one for each change' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(historyPoint), next: z.uuid().nullable() }) })
  async history(
    @Param('accountId', { schema: accountId }) id: string,
    @Query({ schema: historyQuery }) query: z.output<typeof historyQuery>,
  ): Promise<Page<z.output<typeof historyPoint>>> {
    const rows = await this.positions.history(this.database, id, query);
    return pageOf(rows.map((row) => ({ ...row, balance: formatAmount(row.balance), asOf: row.asOf.toISOString() })), query.limit);
  }
}
