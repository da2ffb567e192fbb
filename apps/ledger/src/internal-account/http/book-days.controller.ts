import { Controller, Get, Inject, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { businessDate, businessDateOf, type Clock } from '@jinku/calendar';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, Roles } from '@jinku/service';
import { z } from 'zod';
import { reference } from '../../journal/http/entry-fields.ts';
import { LEDGER_REFUSALS } from '../../journal/domain/journal-refusals.ts';
import { balanceOf, Side, type InternalAccount } from '../domain/internal-account.ts';
import { InternalAccountRepository } from '../persistence/internal-account.repository.ts';
import { ListInTransit } from '../queries/list-in-transit.ts';
import { ReadBookDays } from '../queries/read-book-days.ts';
import { accountCode, bookDate, limit, placeOf, statementPlace, textOf } from './account-fields.ts';

const valueDayQuery = z.strictObject({ after: statementPlace.optional(), limit });
const inTransitQuery = z.strictObject({ valueDate: bookDate.optional(), after: reference.optional(), limit });

const trialBalanceOfDay = z.object({
  businessDate: z.string(),
  /** While the day is not over, more may be booked in it. */
  isOver: z.boolean(),
  lines: z.array(
    z.object({ code: z.string(), name: z.string(), unit: z.string(), normalSide: z.enum(Side), opening: z.string(), debit: z.string(), credit: z.string(), closing: z.string() }),
  ),
  sums: z.array(z.object({ unit: z.string(), debit: z.string(), credit: z.string() })),
});
const valueDay = z.object({
  code: z.string(),
  valueDate: z.string(),
  opening: z.string(),
  debit: z.string(),
  credit: z.string(),
  closing: z.string(),
  items: z.array(
    z.object({
      entryId: z.uuid(),
      bookedAt: z.iso.datetime(),
      rule: z.string(),
      reference: z.string(),
      description: z.string().nullable(),
      debit: z.string().nullable(),
      credit: z.string().nullable(),
    }),
  ),
  next: z.string().nullable(),
});
const inTransit = z.object({
  items: z.array(z.object({ reference: z.string(), client: z.string(), own: z.string(), since: z.iso.datetime(), valueDate: z.string() })),
  next: z.string().nullable(),
});

@ApiTags('days of the books')
@ApiBearerAuth()
@Controller('v1')
export class BookDaysController {
  constructor(
    private readonly database: Database,
    private readonly accounts: InternalAccountRepository,
    private readonly days: ReadBookDays,
    private readonly listInTransit: ListInTransit,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('trial-balance/:businessDate')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Every account\'s opening, movement and closing of one business date, by booking' })
  @ApiResponse({ status: 200, standardSchema: trialBalanceOfDay })
  async trialBalance(@Param('businessDate', { schema: bookDate }) day: string): Promise<z.output<typeof trialBalanceOfDay>> {
    return { businessDate: day, isOver: businessDateOf(this.clock.now()) > day, ...(await this.days.trialBalance(businessDate(day))) };
  }

  @Get('internal-accounts/:code/value-days/:valueDate')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Opening, lines and closing of an account that is linked to the register by value date, late bookings included: what a bank\'s statement is held against' })
  @ApiResponse({ status: 200, standardSchema: valueDay })
  async valueDay(
    @Param('code', { schema: accountCode }) code: string,
    @Param('valueDate', { schema: bookDate }) day: string,
    @Query({ schema: valueDayQuery }) query: z.output<typeof valueDayQuery>,
  ): Promise<z.output<typeof valueDay>> {
    const account = await this.demandLinked(code);
    const valueDate = businessDate(day);
    const { opening, debit, credit } = await this.days.valueDay(account, valueDate);
    const rows = await this.days.valueDayLines(account, { valueDate, after: query.after === undefined ? null : placeOf(query.after), limit: query.limit });
    const items = rows.slice(0, query.limit);
    const last = items.at(-1);
    const openingBalance = account.normalSide === Side.DEBIT ? opening : -opening;
    return {
      code,
      valueDate: day,
      opening: formatAmount(openingBalance),
      debit: formatAmount(debit),
      credit: formatAmount(credit),
      closing: formatAmount(openingBalance + balanceOf(account, { debit, credit })),
      items: items.map((row) => ({
        entryId: row.id,
        bookedAt: row.booked_at.toISOString(),
        rule: row.rule,
        reference: row.reference,
        description: row.description,
        debit: row.amount > 0n ? formatAmount(row.amount) : null,
        credit: row.amount < 0n ? formatAmount(-row.amount) : null,
      })),
      next: rows.length > query.limit && last !== undefined ? textOf(last) : null,
    };
  }

  @Get('in-transit')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Open amounts in transit by order, now or as of the end of a value date; in transit is zero, or each amount is named here' })
  @ApiResponse({ status: 200, standardSchema: inTransit })
  async inTransit(@Query({ schema: inTransitQuery }) query: z.output<typeof inTransitQuery>): Promise<z.output<typeof inTransit>> {
    const rows = await this.listInTransit.execute({ valueDate: query.valueDate ?? null, after: query.after ?? null, limit: query.limit });
    const items = rows.slice(0, query.limit);
    return {
      items: items.map(({ client, own, since, ...row }) => ({ ...row, client: formatAmount(client), own: formatAmount(own), since: since.toISOString() })),
      next: rows.length > query.limit ? (items.at(-1)?.reference ?? null) : null,
    };
  }

  private async demandLinked(code: string): Promise<InternalAccount> {
    const account = await this.accounts.findByCode(this.database, code);
    if (account === null) throw LEDGER_REFUSALS.UNKNOWN_INTERNAL_ACCOUNT();
    if (account.registeredAccountId === null) throw LEDGER_REFUSALS.ACCOUNT_HAS_NO_VALUE_DAYS();
    return account;
  }
}
