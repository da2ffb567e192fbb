import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { businessDate, type Clock } from '@jinku/calendar';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, AuditTrail, CLOCK, contentHash, CurrentActor, IdempotencyKey, once, pageFields, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import { z } from 'zod';
import { EntryKind } from '../../recognition/domain/recognition-rule.ts';
import { bankDate } from '../domain/bank-statement.ts';
import { STATEMENT_REFUSALS } from '../domain/statement-refusals.ts';
import { StatementState } from '../domain/statement-state.ts';
import { ListEntries, type EntryView } from '../queries/list-entries.ts';
import { ListStatements, type StatementView } from '../queries/list-statements.ts';
import { UploadStatement } from '../use-cases/upload-statement.ts';

/** What fits below the largest body when it is written in base64. */
const UPLOAD_BASE64_MAX = 1_000_000;

const statementId = z.uuid('is a statement\'s id');
const dateText = z.iso.date().refine((text) => bankDate(text) !== null, 'is a date of this century');
const violation = z.object({ field: z.string(), rule: z.string() });
const uploadBody = z.strictObject({
  connectorType: z.string().regex(/^[A-Z][A-Z0-9_]{1,31}$/, 'is a connector type\'s code'),
  fileName: z.string().regex(/^[\w.-]{1,120}$/, 'is 1 to 120 letters, digits, . _ or -'),
  content: z.base64('is base64 with padding').min(4, 'is not empty').max(UPLOAD_BASE64_MAX, `has at most ${UPLOAD_BASE64_MAX} characters`),
  businessDate: dateText.optional(),
});
const uploadAnswer = z.object({ id: z.uuid(), state: z.enum(StatementState), faults: z.array(violation) });
const statementQuery = z.strictObject({ ...pageFields, accountId: z.uuid().optional(), businessDate: dateText.optional(), state: z.enum(StatementState).optional() });
const nullableText = z.string().nullable();
const statement = z.object({
  id: z.uuid(),
  accountId: z.uuid(),
  businessDate: z.string(),
  format: z.string(),
  state: z.enum(StatementState),
  opening: nullableText,
  closing: nullableText,
  creditTotal: nullableText,
  debitTotal: nullableText,
  entryCount: z.int().nullable(),
  faults: z.array(violation),
  fileName: z.string(),
  sha256: z.string(),
  source: z.enum(['UPLOAD', 'RAIL']),
  importedAt: z.iso.datetime(),
});
const entryQuery = z.strictObject({
  ...pageFields,
  accountId: z.uuid().optional(),
  statementId: z.uuid().optional(),
  businessDate: dateText.optional(),
  kind: z.enum(EntryKind).optional(),
});
const entry = z.object({
  id: z.uuid(),
  statementId: z.uuid(),
  accountId: z.uuid(),
  businessDate: z.string(),
  valueDate: z.string(),
  amount: z.string(),
  kind: z.enum(EntryKind),
  ruleId: z.uuid().nullable(),
  ruleVersion: z.int().nullable(),
  bankReference: z.string(),
  reference: nullableText,
  counterpartyNumber: nullableText,
  counterpartyName: nullableText,
  purpose: nullableText,
});
const originalFile = z.object({ fileName: z.string(), sha256: z.string(), content: z.string() });

@ApiTags('statements')
@ApiBearerAuth()
@Controller('v1/audit')
export class StatementsController {
  constructor(
    private readonly database: Database,
    private readonly statements: ListStatements,
    private readonly entries: ListEntries,
    private readonly uploadStatement: UploadStatement,
    private readonly doorbells: Doorbells,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('statements')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Statements of accounts, the newest first, with the faults of those in quarantine' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(statement), next: z.uuid().nullable() }) })
  async list(@Query({ schema: statementQuery }) query: z.output<typeof statementQuery>): Promise<Page<StatementView>> {
    return pageOf(await this.statements.page(query), query.limit);
  }

  @Get('statements/:id')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'One statement' })
  @ApiResponse({ status: 200, standardSchema: statement })
  async get(@Param('id', { schema: statementId }) id: string): Promise<StatementView> {
    const found = await this.statements.find(id);
    if (found === null) throw STATEMENT_REFUSALS.STATEMENT_NOT_FOUND();
    return found;
  }

  @Get('statements/:id/file')
  @Roles(Role.AUDITOR, Role.APPROVER)
  @ApiOperation({ summary: 'The file of a statement exactly as it came, in base64; it names third parties in clear, so each reading is on record' })
  @ApiResponse({ status: 200, standardSchema: originalFile })
  async file(@Param('id', { schema: statementId }) id: string, @CurrentActor() actor: Actor): Promise<z.output<typeof originalFile>> {
    const found = await this.statements.originalOf(id);
    if (found === null) throw STATEMENT_REFUSALS.STATEMENT_NOT_FOUND();
    await this.database.transaction((tx) => this.audit.record(tx, { actor, action: 'audit.read-original-file', subject: `statement:${id}` }));
    return { ...found, content: found.content.toString('base64') };
  }

  @Get('entries')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Entries of accepted statements with what each was recognised as; unknown ones are in suspense' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(entry), next: z.uuid().nullable() }) })
  async listEntries(@Query({ schema: entryQuery }) query: z.output<typeof entryQuery>): Promise<Page<EntryView>> {
    return pageOf(await this.entries.page(query), query.limit);
  }

  @Post('statements')
  @Roles(Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Import a statement whole: accepted when it adds up and follows on from the one before, otherwise kept in quarantine with its faults' })
  @ApiResponse({ status: 201, standardSchema: uploadAnswer })
  async upload(
    @Body({ schema: uploadBody }) { content, ...body }: z.output<typeof uploadBody>,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<z.output<typeof uploadAnswer>> {
    const bytes = Buffer.from(content, 'base64');
    const date = body.businessDate === undefined ? undefined : businessDate(body.businessDate);
    const file = await this.uploadStatement.read({ ...body, content: bytes, businessDate: date });
    const digest = contentHash('content', content).toString('hex');
    return this.database.transaction((tx) =>
      once(tx, { actor, key, operation: 'audit.upload-statement', content: { ...body, digest }, at: this.clock.now() }, async () => {
        const { id, state, faults } = await this.uploadStatement.execute(tx, file, actor);
        tx.afterCommit(() => this.doorbells.ring('audit.check'));
        return { id, state, faults: [...faults] };
      }),
    );
  }

  @Post('collections')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Ask banks, central bank and clearing houses now for the statements, movements and bills that are still missing' })
  @ApiResponse({ status: 202, standardSchema: z.object({ status: z.literal('ASKED') }) })
  async collect(@CurrentActor() actor: Actor): Promise<{ status: 'ASKED' }> {
    await this.database.transaction((tx) => this.audit.record(tx, { actor, action: 'audit.collect', subject: 'statements' }));
    this.doorbells.ring('audit.collect');
    return { status: 'ASKED' };
  }
}
