import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, Roles } from '@jinku/service';
import { z } from 'zod';
import { LEDGER_REFUSALS } from '../../journal/domain/journal-refusals.ts';
import { balanceOf, InternalAccountState, Side, type InternalAccount } from '../domain/internal-account.ts';
import { InternalAccountRepository } from '../persistence/internal-account.repository.ts';
import { ReadBalances } from '../queries/read-balances.ts';
import { accountCode, limit, placeOf, statementPlace, textOf } from './account-fields.ts';

const unit = z.enum(['CNY', 'CNY.QUOTA']);

const listQuery = z.strictObject({
  parent: accountCode.optional(),
  unit: unit.optional(),
  state: z.enum(InternalAccountState).optional(),
  after: accountCode.optional(),
  limit,
});
const balanceQuery = z.strictObject({ asOf: z.iso.datetime().optional() });
const statementQuery = z.strictObject({
  from: z.iso.datetime().default('1970-01-01T00:00:00Z'),
  to: z.iso.datetime().default('9999-01-01T00:00:00Z'),
  after: statementPlace.optional(),
  limit,
});

const internalAccount = z.object({
  code: z.string(),
  name: z.string(),
  unit,
  normalSide: z.enum(Side),
  isControl: z.boolean(),
  state: z.enum(InternalAccountState),
  balanceMin: z.string().nullable(),
  balanceMax: z.string().nullable(),
  registeredAccountId: z.uuid().nullable(),
});
const balance = z.object({
  code: z.string(),
  unit,
  asOf: z.iso.datetime().nullable(),
  debitTotal: z.string(),
  creditTotal: z.string(),
  balance: z.string(),
  pendingDebit: z.string(),
  pendingCredit: z.string(),
});
const statement = z.object({
  code: z.string(),
  items: z.array(
    z.object({
      entryId: z.uuid(),
      bookedAt: z.iso.datetime(),
      valueDate: z.string(),
      rule: z.string(),
      reference: z.string(),
      debit: z.string().nullable(),
      credit: z.string().nullable(),
      balance: z.string(),
    }),
  ),
  next: z.string().nullable(),
});

@ApiTags('internal accounts')
@ApiBearerAuth()
@Controller('v1')
export class InternalAccountsController {
  constructor(
    private readonly database: Database,
    private readonly accounts: InternalAccountRepository,
    private readonly balances: ReadBalances,
  ) {}

  @Get('internal-accounts')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The chart of accounts, by code' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(internalAccount), next: z.string().nullable() }) })
  async list(@Query({ schema: listQuery }) query: z.output<typeof listQuery>): Promise<{ items: z.output<typeof internalAccount>[]; next: string | null }> {
    const parent = query.parent === undefined ? undefined : await this.find(query.parent);
    const rows = await this.accounts.list(this.database, { ...query, parentId: parent?.id });
    const items = rows.slice(0, query.limit).map(shown);
    return { items, next: rows.length > query.limit ? (items.at(-1)?.code ?? null) : null };
  }

  @Get('internal-accounts/:code')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'One internal account' })
  @ApiResponse({ status: 200, standardSchema: internalAccount })
  async get(@Param('code', { schema: accountCode }) code: string): Promise<z.output<typeof internalAccount>> {
    return shown(await this.find(code));
  }

  @Get('internal-accounts/:code/balance')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The balance now or as of any past instant; a parent account\'s is the sum of its children' })
  @ApiResponse({ status: 200, standardSchema: balance })
  async balance(
    @Param('code', { schema: accountCode }) code: string,
    @Query({ schema: balanceQuery }) query: z.output<typeof balanceQuery>,
  ): Promise<z.output<typeof balance>> {
    const account = await this.find(code);
    const totals = await this.balances.totals(account, query.asOf === undefined ? null : new Date(query.asOf));
    return {
      code,
      unit: account.unit,
      asOf: query.asOf ?? null,
      debitTotal: formatAmount(totals.debit),
      creditTotal: formatAmount(totals.credit),
      balance: formatAmount(balanceOf(account, totals)),
      pendingDebit: formatAmount(totals.pendingDebit),
      pendingCredit: formatAmount(totals.pendingCredit),
    };
  }

  @Get('internal-accounts/:code/statement')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The lines of an account in booking order, each with the balance after it' })
  @ApiResponse({ status: 200, standardSchema: statement })
  async statement(
    @Param('code', { schema: accountCode }) code: string,
    @Query({ schema: statementQuery }) query: z.output<typeof statementQuery>,
  ): Promise<z.output<typeof statement>> {
    const account = await this.find(code);
    const rows = await this.balances.statement(account, {
      from: new Date(query.from),
      to: new Date(query.to),
      after: query.after === undefined ? null : placeOf(query.after),
      limit: query.limit,
    });
    const items = rows.slice(0, query.limit);
    const last = items.at(-1);
    return {
      code,
      items: items.map((row) => ({
        entryId: row.id,
        bookedAt: row.booked_at.toISOString(),
        valueDate: row.value_date,
        rule: row.rule,
        reference: row.reference,
        debit: row.amount > 0n ? formatAmount(row.amount) : null,
        credit: row.amount < 0n ? formatAmount(-row.amount) : null,
        balance: formatAmount(account.normalSide === Side.DEBIT ? row.running : -row.running),
      })),
      next: rows.length > query.limit && last !== undefined ? textOf(last) : null,
    };
  }

  private async find(code: string): Promise<InternalAccount> {
    const account = await this.accounts.findByCode(this.database, code);
    if (account === null) throw LEDGER_REFUSALS.UNKNOWN_INTERNAL_ACCOUNT();
    return account;
  }
}

function shown(account: InternalAccount): z.output<typeof internalAccount> {
  return {
    code: account.code,
    name: account.name,
    unit: account.unit,
    normalSide: account.normalSide,
    isControl: account.isControl,
    state: account.state,
    balanceMin: account.balanceMin === null ? null : formatAmount(account.balanceMin),
    balanceMax: account.balanceMax === null ? null : formatAmount(account.balanceMax),
    registeredAccountId: account.registeredAccountId,
  };
}
