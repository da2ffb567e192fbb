import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ClearingHouse } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, pageFields, pageOf, Roles, type Page } from '@jinku/service';
import { z } from 'zod';
import { ClearingSessionState, type SessionFigures } from '../domain/clearing-session.ts';
import { SessionRepository, type StoredSession } from '../persistence/session.repository.ts';

const figures = z.object({ payouts: z.string(), returns: z.string(), receipts: z.string() });
const sessionQuery = z.strictObject({ ...pageFields, clearingHouse: z.enum(ClearingHouse).optional() });
const sessionView = z.object({
  id: z.uuid(),
  clearingHouse: z.enum(ClearingHouse),
  clearingDate: z.iso.date(),
  state: z.enum(ClearingSessionState),
  own: figures,
  result: figures.nullable(),
  houseSettledAt: z.iso.datetime().nullable(),
  isReflected: z.boolean(),
  settlementDifference: z.string().nullable(),
});

@ApiTags('clearing sessions')
@ApiBearerAuth()
@Controller('v1/quotas/sessions')
export class SessionsController {
  constructor(
    private readonly database: Database,
    private readonly sessions: SessionRepository,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Clearing sessions, the newest first: what we counted, what the house says, and how far each is' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(sessionView), next: z.uuid().nullable() }) })
  async list(@Query({ schema: sessionQuery }) query: z.output<typeof sessionQuery>): Promise<Page<z.output<typeof sessionView>>> {
    const rows = await this.sessions.page(this.database, query);
    return pageOf(rows.map(shown), query.limit);
  }
}

function shown(session: StoredSession): z.output<typeof sessionView> {
  const { id, clearingHouse, clearingDate, state, own, result, houseSettledAt, isReflected, settlementDifference } = session;
  return {
    ...{ id, clearingHouse, clearingDate, state, isReflected },
    own: amounts(own),
    result: result === null ? null : amounts(result),
    houseSettledAt: houseSettledAt?.toISOString() ?? null,
    settlementDifference: settlementDifference === null ? null : formatAmount(settlementDifference),
  };
}

function amounts({ payouts, returns, receipts }: SessionFigures): z.output<typeof figures> {
  return { payouts: formatAmount(payouts), returns: formatAmount(returns), receipts: formatAmount(receipts) };
}
