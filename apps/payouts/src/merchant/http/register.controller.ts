import { Body, Controller, Get, Inject, Param, Put, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { businessLineCode, ClearingHouse, merchantCode } from '@jinku/contracts';
import { formatAmount, parseAmount, positiveAmountText } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, AuditTrail, CLOCK, CurrentActor, IdempotencyKey, Role, Roles, type Actor } from '@jinku/service';
import { z } from 'zod';
import { DUPLICATE_WINDOW_MAX_MS } from '../../config.ts';
import { MerchantState, PayeeBankState, type BusinessLine, type Merchant, type PayeeBank } from '../domain/merchant.ts';
import { RegisterRepository } from '../persistence/register.repository.ts';
import { bankList, bankView, businessLineList, businessLineView, merchantPage, merchantView } from './register-answers.ts';

const name = z
  .string()
  .trim()
  .min(1, 'is not empty')
  .max(80, 'has at most 80 characters')
  .refine((value) => !/\p{Cc}/u.test(value), 'has no control characters');
const priority = z.int().min(0, 'is from 0 to 9').max(9, 'is from 0 to 9');

const WINDOW_RULE = 'is from 0 to 86400 seconds';
/** Left out as good as null: the wider setting counts. */
const duplicateWindowSeconds = z.int().min(0, WINDOW_RULE).max(DUPLICATE_WINDOW_MAX_MS / 1_000, WINDOW_RULE).nullable().default(null);

const businessLineBody = z.strictObject({ name, priority, perItemLimit: positiveAmountText, duplicateWindowSeconds, primaryHouse: z.enum(ClearingHouse).nullable().default(null) });
const merchantBody = z.strictObject({ name, state: z.enum(MerchantState), priority, duplicateWindowSeconds });
const bankCodeParameter = z.string().regex(/^[0-9]{12}$/, 'is a 12-digit bank code');
const bankBody = z.strictObject({ name, state: z.enum(PayeeBankState) });
const merchantQuery = z.strictObject({ after: z.string().max(32).default(''), limit: z.coerce.number().int().min(1).max(500).default(50) });

interface BusinessLineView extends Omit<BusinessLine, 'perItemLimitMinor'> {
  readonly perItemLimit: string;
}

/** Putting the same content again changes nothing: the idempotency key is demanded as of every write, and not looked at. */
@ApiTags('register')
@ApiBearerAuth()
@Controller('v1')
export class RegisterController {
  constructor(
    private readonly database: Database,
    private readonly register: RegisterRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('business-lines')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The lines of business with priority and limit per payout' })
  @ApiResponse({ status: 200, standardSchema: businessLineList })
  async listBusinessLines(): Promise<{ items: BusinessLineView[] }> {
    return { items: (await this.register.listBusinessLines(this.database)).map((line) => viewOf(line)) };
  }

  @Put('business-lines/:code')
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Register or change a line of business' })
  @ApiResponse({ status: 200, standardSchema: businessLineView })
  async putBusinessLine(
    @Param('code', { schema: businessLineCode }) code: string,
    @Body({ schema: businessLineBody }) body: z.output<typeof businessLineBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() _key: string,
  ): Promise<BusinessLineView> {
    const { perItemLimit, ...plain } = body;
    const line: BusinessLine = { code, ...plain, perItemLimitMinor: parseAmount(perItemLimit) ?? 0n };
    await this.database.transaction(async (tx) => {
      const before = await this.register.lockBusinessLine(tx, code);
      await this.register.putBusinessLine(tx, line, this.clock.now());
      await this.audit.record(tx, { actor, action: 'payouts.put-business-line', subject: `business-line:${code}`, before: before === null ? null : viewOf(before), after: viewOf(line) });
    });
    return viewOf(line);
  }

  @Get('merchants')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The registered merchants in the order of their ids' })
  @ApiResponse({ status: 200, standardSchema: merchantPage })
  async listMerchants(@Query({ schema: merchantQuery }) query: z.output<typeof merchantQuery>): Promise<{ items: Merchant[]; next: string | null }> {
    const rows = await this.register.listMerchants(this.database, { after: query.after, limit: query.limit + 1 });
    const items = rows.slice(0, query.limit);
    return { items, next: rows.length > query.limit ? (items.at(-1)?.merchantId ?? null) : null };
  }

  @Put('merchants/:id')
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Register or change a merchant' })
  @ApiResponse({ status: 200, standardSchema: merchantView })
  async putMerchant(
    @Param('id', { schema: merchantCode }) merchantId: string,
    @Body({ schema: merchantBody }) body: z.output<typeof merchantBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() _key: string,
  ): Promise<Merchant> {
    const merchant: Merchant = { merchantId, ...body };
    await this.database.transaction(async (tx) => {
      const before = await this.register.lockMerchant(tx, merchantId);
      await this.register.putMerchant(tx, merchant, this.clock.now());
      await this.audit.record(tx, { actor, action: 'payouts.put-merchant', subject: `merchant:${merchantId}`, before, after: merchant });
    });
    return merchant;
  }

  @Get('payee-banks')
  @Roles(Role.CLIENT, ...ANY_PERSON)
  @ApiOperation({ summary: 'The banks payees may have their accounts at, and those that were closed' })
  @ApiResponse({ status: 200, standardSchema: bankList })
  async listBanks(): Promise<{ items: PayeeBank[] }> {
    return { items: await this.register.listBanks(this.database) };
  }

  @Put('payee-banks/:bankCode')
  @Roles(Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Add a bank, rename it, or close it for new payouts' })
  @ApiResponse({ status: 200, standardSchema: bankView })
  async putBank(
    @Param('bankCode', { schema: bankCodeParameter }) bankCode: string,
    @Body({ schema: bankBody }) body: z.output<typeof bankBody>,
    @CurrentActor() actor: Actor,
    @IdempotencyKey() _key: string,
  ): Promise<PayeeBank> {
    const bank: PayeeBank = { bankCode, ...body };
    await this.database.transaction(async (tx) => {
      const before = await this.register.lockBank(tx, bankCode);
      await this.register.putBank(tx, bank);
      await this.audit.record(tx, { actor, action: 'payouts.put-payee-bank', subject: `payee-bank:${bankCode}`, before, after: bank });
    });
    return bank;
  }
}

function viewOf({ perItemLimitMinor, ...line }: BusinessLine): BusinessLineView {
  return { ...line, perItemLimit: formatAmount(perItemLimitMinor) };
}
