import { Body, Controller, Get, HttpCode, Inject, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { Doorbells } from '@jinku/jobs';
import { uuidv7 } from '@jinku/messaging';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, AuditTrail, CLOCK, CurrentActor, IdempotencyKey, once, pageFields, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import { z } from 'zod';
import { bankDate } from '../../statement/domain/bank-statement.ts';
import { CheckCode, Verdict } from '../domain/check-result.ts';
import { CheckRepository } from '../persistence/check.repository.ts';
import { ListChecks, type CheckView, type RunView } from '../queries/list-checks.ts';

const dateText = z.iso.date().refine((text) => bankDate(text) !== null, 'is a date of this century');
const dayQuery = z.strictObject({ businessDate: dateText });
const runQuery = z.strictObject({ ...pageFields, businessDate: dateText.optional(), check: z.enum(CheckCode).optional(), subject: z.string().regex(/^[\w-]{1,64}$/, 'is an account\'s id, a clearing house or BOOKS').optional() });
const figures = z.record(z.string(), z.string());
const check = z.object({
  check: z.string(),
  subject: z.string().nullable(),
  verdict: z.enum(Verdict),
  reason: z.string().nullable(),
  left: figures,
  right: figures,
  inputs: figures,
  inputsSha256: z.string().nullable(),
  breakCount: z.int(),
  ranAt: z.iso.datetime().nullable(),
});
const run = check.extend({ id: z.uuid(), businessDate: z.string() });
const requestAnswer = z.object({ id: z.uuid(), status: z.literal('ASKED') });

@ApiTags('checks')
@ApiBearerAuth()
@Controller('v1/audit/checks')
export class ChecksController {
  constructor(
    private readonly database: Database,
    private readonly listChecks: ListChecks,
    private readonly checks: CheckRepository,
    private readonly doorbells: Doorbells,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'What each check of a business date says now; one whose feed is missing is NOT_RUN, never green' })
  @ApiResponse({ status: 200, standardSchema: z.object({ businessDate: z.string(), items: z.array(check) }) })
  async list(@Query({ schema: dayQuery }) { businessDate }: z.output<typeof dayQuery>): Promise<{ businessDate: string; items: CheckView[] }> {
    return { businessDate, items: await this.listChecks.execute(businessDate) };
  }

  @Get('runs')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The runs of checks with the hashes of their inputs, the newest first; a run with the inputs of the one before is not kept again' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(run), next: z.uuid().nullable() }) })
  async listRuns(@Query({ schema: runQuery }) query: z.output<typeof runQuery>): Promise<Page<RunView>> {
    return pageOf(await this.listChecks.runs(query), query.limit);
  }

  @Post('runs')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Run all checks of a business date again, those that agreed too' })
  @ApiResponse({ status: 202, standardSchema: requestAnswer })
  request(@Body({ schema: dayQuery }) body: z.output<typeof dayQuery>, @IdempotencyKey() key: string, @CurrentActor() actor: Actor): Promise<z.output<typeof requestAnswer>> {
    const at = this.clock.now();
    return this.database.transaction((tx) =>
      once(tx, { actor, key, operation: 'audit.run-checks', content: body, at }, async () => {
        const id = uuidv7();
        await this.checks.insertRequest(tx, { id, ...body, at });
        await this.audit.record(tx, { actor, action: 'audit.run-checks', subject: `checks:${body.businessDate}` });
        tx.afterCommit(() => this.doorbells.ring('audit.check'));
        return { id, status: 'ASKED' as const };
      }),
    );
  }
}
