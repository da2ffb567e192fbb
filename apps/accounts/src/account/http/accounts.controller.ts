import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { Database } from '@jinku/persistence';
import { PayeeCipher } from '@jinku/security';
import { ANY_PERSON, CLOCK, IdempotencyKey, pageOf, PAGE_SIZE_MAX, Roles, type Page } from '@jinku/service';
import { ACCOUNT_REFUSALS } from '../domain/account-refusals.ts';
import { isUsable, type Account } from '../domain/account.ts';
import type { HistoryEntry } from '../persistence/account-history.repository.ts';
import { AccountRepository } from '../persistence/account.repository.ts';
import { ListAccounts } from '../queries/list-accounts.ts';
import { ListClientFundAccounts, type EndingAccount, type RetainedAccount } from '../queries/list-client-fund-accounts.ts';
import { ReadAccountHistory, type ScheduledView } from '../queries/read-account-history.ts';
import {
  accountList,
  accountPage,
  accountQuery,
  accountView,
  endingList,
  endingQuery,
  historyPage,
  historyQuery,
  numberQuery,
  retainedList,
  scheduledList,
  uuid,
  type AccountQuery,
  type EndingQuery,
  type HistoryQuery,
  type NumberQuery,
} from './accounts.schemas.ts';

type AccountView = Account & { readonly isUsable: boolean };

@ApiTags('accounts')
@ApiBearerAuth()
@Controller('v1/accounts')
export class AccountsController {
  constructor(
    private readonly database: Database,
    private readonly accounts: AccountRepository,
    private readonly lists: ListAccounts,
    private readonly clientFunds: ListClientFundAccounts,
    private readonly histories: ReadAccountHistory,
    private readonly cipher: PayeeCipher,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The register of accounts, masked' })
  @ApiResponse({ status: 200, standardSchema: accountPage })
  async list(@Query({ schema: accountQuery }) { isFiled, ...query }: AccountQuery): Promise<Page<AccountView>> {
    const filter = { ...query, isFiled: isFiled === undefined ? undefined : isFiled === 'true' };
    const page = pageOf(await this.lists.execute(filter), query.limit);
    return { ...page, items: page.items.map(shown) };
  }

  @Post('find-by-number')
  @HttpCode(200)
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The accounts with this number, closed ones too; a POST, so that the number stands in no log of addresses' })
  @ApiResponse({ status: 200, standardSchema: accountList })
  async findByNumber(@Body({ schema: numberQuery }) { accountNumber }: NumberQuery, @IdempotencyKey() _key: string): Promise<{ items: AccountView[] }> {
    return { items: (await this.lists.byNumberHash(this.cipher.findingHash(accountNumber))).map(shown) };
  }

  @Get('retained')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The closed list of retained client-fund accounts (R7)' })
  @ApiResponse({ status: 200, standardSchema: retainedList })
  async listRetained(): Promise<{ items: RetainedAccount[] }> {
    return { items: await this.clientFunds.retained(businessDateOf(this.clock.now())) };
  }

  @Get('closure-programme')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Client-fund accounts that must be closed, the nearest deadline first, and how long they are overdue' })
  @ApiResponse({ status: 200, standardSchema: endingList })
  async listEnding(@Query({ schema: endingQuery }) { overdue }: EndingQuery): Promise<{ items: EndingAccount[] }> {
    return { items: await this.clientFunds.ending(businessDateOf(this.clock.now()), { onlyOverdue: overdue === 'true' }) };
  }

  @Get(':id')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'One account, with the state of its link to the ledger' })
  @ApiResponse({ status: 200, standardSchema: accountView })
  async get(@Param('id', { schema: uuid }) id: string): Promise<AccountView> {
    return shown(await this.find(id));
  }

  @Get(':id/history')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Everything that happened to an account: who, when, why, before and after; the newest first' })
  @ApiResponse({ status: 200, standardSchema: historyPage })
  async history(
    @Param('id', { schema: uuid }) id: string,
    @Query({ schema: historyQuery }) { before, limit }: HistoryQuery,
  ): Promise<{ items: HistoryEntry[]; next: number | null }> {
    await this.find(id);
    const rows = await this.histories.entries(id, { before, limit });
    const items = rows.slice(0, limit);
    return { items, next: rows.length > limit ? (items.at(-1)?.version ?? null) : null };
  }

  @Get(':id/scheduled-changes')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Approved changes that take effect on a later day, and what became of earlier ones' })
  @ApiResponse({ status: 200, standardSchema: scheduledList })
  async listScheduled(@Param('id', { schema: uuid }) id: string): Promise<{ items: ScheduledView[] }> {
    await this.find(id);
    return { items: await this.histories.scheduled(id, PAGE_SIZE_MAX) };
  }

  private async find(id: string): Promise<Account> {
    const account = await this.accounts.find(this.database, id);
    if (account === null) throw ACCOUNT_REFUSALS.ACCOUNT_NOT_FOUND();
    return account;
  }
}

function shown(account: Account): AccountView {
  return { ...account, isUsable: isUsable(account) };
}
