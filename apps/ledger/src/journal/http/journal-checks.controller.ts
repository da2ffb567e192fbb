import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { businessDate } from '@jinku/calendar';
import { invariant } from '@jinku/errors';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, Roles } from '@jinku/service';
import { z } from 'zod';
import { bookDate } from '../../internal-account/http/account-fields.ts';
import { ReadBalances } from '../../internal-account/queries/read-balances.ts';
import { ReadBookDays } from '../../internal-account/queries/read-book-days.ts';
import { ChainRepository } from '../persistence/chain.repository.ts';
import { VerificationRepository } from '../persistence/verification.repository.ts';
import { CheckJournal } from '../queries/check-journal.ts';
import { VerifyJournal } from '../use-cases/verify-journal.ts';

const BATCHES_PER_CHECK_MAX = 10_000;
const PAGES_PER_CHECK_MAX = 20;

const trialQuery = z
  .strictObject({ asOf: z.iso.datetime().optional(), valueDate: bookDate.optional() })
  .refine(({ asOf, valueDate }) => asOf === undefined || valueDate === undefined, { path: ['valueDate'], error: 'stands without asOf' });
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
const controlCheck = z.object({ isClean: z.boolean(), checkedTo: z.string(), headSequence: z.string(), findings: z.array(z.object({ accountCode: z.string(), finding: z.string() })) });
const chainCheck = z.object({
  isWhole: z.boolean(),
  checkedFrom: z.string(),
  checkedTo: z.string(),
  headSequence: z.string(),
  broken: z.object({ sequence: z.string(), why: z.string() }).nullable(),
  next: z.string().nullable(),
});

const chainProgress = z.object({
  verifiedTo: z.string(),
  headSequence: z.string(),
  passStartedAt: z.iso.datetime(),
  verifiedAt: z.iso.datetime(),
  broken: z.object({ sequence: z.string(), why: z.string() }).nullable(),
});

@ApiTags('checks')
@ApiBearerAuth()
@Controller('v1')
export class JournalChecksController {
  constructor(
    private readonly balances: ReadBalances,
    private readonly days: ReadBookDays,
    private readonly checks: CheckJournal,
    private readonly database: Database,
    private readonly chainRepository: ChainRepository,
    private readonly verifications: VerificationRepository,
    private readonly verifyJournal: VerifyJournal,
  ) {}

  @Get('trial-balance')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Every account\'s totals now, as of any past instant, or of all that has a value date up to one; debits equal credits in each unit' })
  @ApiResponse({ status: 200, standardSchema: trialBalance })
  async trialBalance(@Query({ schema: trialQuery }) { asOf, valueDate }: z.output<typeof trialQuery>): Promise<z.output<typeof trialBalance>> {
    if (valueDate !== undefined) return { asOf: null, ...(await this.days.trialBalanceByValueDate(businessDate(valueDate))) };
    return { asOf: asOf ?? null, ...(await this.balances.trialBalance(asOf === undefined ? null : new Date(asOf))) };
  }

  @Get('control-check')
  @Roles(...ANY_PERSON)
  @ApiOperation({
    summary: 'Control accounts against their subledgers, and every balance against its lines as far as the chain is verified; verifies on first, for a bounded time',
  })
  @ApiResponse({ status: 200, standardSchema: controlCheck })
  async controlCheck(): Promise<z.output<typeof controlCheck>> {
    const verification = await this.verifyJournal.execute({ pagesMax: PAGES_PER_CHECK_MAX });
    const findings = await this.checks.controls();
    const head = await this.chainRepository.head(this.database);
    return {
      isClean: findings.length === 0 && verification?.brokenSequence === null,
      checkedTo: String(verification?.sequence ?? 0n),
      headSequence: String(head.sequence),
      findings,
    };
  }

  @Get('chain-check/progress')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'How far the job has verified the chain in its present pass, and what it found' })
  @ApiResponse({ status: 200, standardSchema: chainProgress })
  async chainProgress(): Promise<z.output<typeof chainProgress>> {
    const [verification, head] = [await this.verifications.find(this.database), await this.chainRepository.head(this.database)];
    invariant(verification !== null, 'the migration made the one row of the watermark');
    const { sequence, passStartedAt, verifiedAt, brokenSequence, brokenWhy } = verification;
    return {
      verifiedTo: String(sequence),
      headSequence: String(head.sequence),
      passStartedAt: passStartedAt.toISOString(),
      verifiedAt: verifiedAt.toISOString(),
      broken: brokenSequence === null ? null : { sequence: String(brokenSequence), why: brokenWhy ?? '' },
    };
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
