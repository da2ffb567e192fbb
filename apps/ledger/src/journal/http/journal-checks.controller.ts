import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ANY_PERSON, Roles } from '@jinku/service';
import { z } from 'zod';
import { ReadBalances } from '../../internal-account/queries/read-balances.ts';
import { CheckJournal } from '../queries/check-journal.ts';

const BATCHES_PER_CHECK_MAX = 10_000;

const asOfQuery = z.strictObject({ asOf: z.iso.datetime().optional() });
const chainQuery = z.strictObject({
  after: z.string().regex(/^\d{1,18}$/, 'is the sequence of a batch').default('0'),
  limit: z.coerce.number().int().min(1).max(BATCHES_PER_CHECK_MAX).default(1_000),
});

const trialBalance = z.object({
  asOf: z.iso.datetime().nullable(),
  lines: z.array(
    z.object({ code: z.string(), name: z.string(), unit: z.string(), normalSide: z.string(), debitTotal: z.string(), creditTotal: z.string(), balance: z.string() }),
  ),
  sums: z.array(z.object({ unit: z.string(), debit: z.string(), credit: z.string() })),
});
const controlCheck = z.object({ isClean: z.boolean(), findings: z.array(z.object({ accountCode: z.string(), finding: z.string() })) });
const chainCheck = z.object({
  isWhole: z.boolean(),
  checkedFrom: z.string(),
  checkedTo: z.string(),
  headSequence: z.string(),
  broken: z.object({ sequence: z.string(), why: z.string() }).nullable(),
  next: z.string().nullable(),
});

@ApiTags('checks')
@ApiBearerAuth()
@Controller('v1')
export class JournalChecksController {
  constructor(
    private readonly balances: ReadBalances,
    private readonly checks: CheckJournal,
  ) {}

  @Get('trial-balance')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Every account\'s totals now or as of any past instant; debits equal credits in each unit' })
  @ApiResponse({ status: 200, standardSchema: trialBalance })
  async trialBalance(@Query({ schema: asOfQuery }) { asOf }: z.output<typeof asOfQuery>): Promise<z.output<typeof trialBalance>> {
    return { asOf: asOf ?? null, ...(await this.balances.trialBalance(asOf === undefined ? null : new Date(asOf))) };
  }

  @Get('control-check')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Control accounts against their subledgers, and every balance against its lines' })
  @ApiResponse({ status: 200, standardSchema: controlCheck })
  async controlCheck(): Promise<z.output<typeof controlCheck>> {
    const findings = await this.checks.controls();
    return { isClean: findings.length === 0, findings };
  }

  @Get('chain-check')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Recomputes the hash chain, a page of batches at a time' })
  @ApiResponse({ status: 200, standardSchema: chainCheck })
  async chainCheck(@Query({ schema: chainQuery }) query: z.output<typeof chainQuery>): Promise<z.output<typeof chainCheck>> {
    const { broken, checkedFrom, checkedTo, headSequence } = await this.checks.chain({ after: BigInt(query.after), limit: query.limit });
    return {
      isWhole: broken === null,
      checkedFrom: String(checkedFrom),
      checkedTo: String(checkedTo),
      headSequence: String(headSequence),
      broken: broken === null ? null : { sequence: String(broken.sequence), why: broken.why },
      next: broken === null && checkedTo < headSequence ? String(checkedTo) : null,
    };
  }
}
