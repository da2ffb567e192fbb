import { Body, Controller, Get, Inject, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { ClearingHouse } from '@jinku/contracts';
import { Doorbells } from '@jinku/jobs';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, contentHash, CurrentActor, IdempotencyKey, once, pageFields, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import { z } from 'zod';
import { ListBills, type BillView } from '../queries/list-bills.ts';
import { UploadBill } from '../use-cases/upload-bill.ts';

const UPLOAD_BASE64_MAX = 1_000_000;

const uploadBody = z.strictObject({
  fileName: z.string().regex(/^[\w.-]{1,120}$/, 'is 1 to 120 letters, digits, . _ or -'),
  content: z.base64('is base64 with padding').min(4, 'is not empty').max(UPLOAD_BASE64_MAX, `has at most ${UPLOAD_BASE64_MAX} characters`),
});
const uploadAnswer = z.object({ id: z.uuid(), lineCount: z.int() });
const state = z.enum(['RECEIVING', 'ACCEPTED', 'ABANDONED']);
const billQuery = z.strictObject({
  ...pageFields,
  clearingHouse: z.enum(ClearingHouse).optional(),
  clearingDate: z.iso.date().refine((text) => text > '2000', 'is a date of this century').optional(),
  state: state.optional(),
});
const bill = z.object({
  id: z.uuid(),
  clearingHouse: z.enum(ClearingHouse),
  clearingDate: z.string(),
  state,
  source: z.enum(['UPLOAD', 'RAIL']),
  lineCount: z.int(),
  payoutTotal: z.string(),
  returnTotal: z.string(),
  linesSha256: z.string().nullable(),
});

@ApiTags('payout bills')
@ApiBearerAuth()
@Controller('v1/audit/payout-bills')
export class PayoutBillsController {
  constructor(
    private readonly database: Database,
    private readonly bills: ListBills,
    private readonly uploadBill: UploadBill,
    private readonly doorbells: Doorbells,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Payout bills of the clearing houses, the newest first' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(bill), next: z.uuid().nullable() }) })
  async list(@Query({ schema: billQuery }) query: z.output<typeof billQuery>): Promise<Page<BillView>> {
    return pageOf(await this.bills.page(query), query.limit);
  }

  @Post()
  @Roles(Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Bring a payout bill that could not be collected; it is taken whole when it adds up, or refused' })
  @ApiResponse({ status: 201, standardSchema: uploadAnswer })
  upload(
    @Body({ schema: uploadBody }) { fileName, content }: z.output<typeof uploadBody>,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<z.output<typeof uploadAnswer>> {
    const digest = contentHash('content', content).toString('hex');
    return this.database.transaction((tx) =>
      once(tx, { actor, key, operation: 'audit.upload-payout-bill', content: { fileName, digest }, at: this.clock.now() }, () => {
        tx.afterCommit(() => this.doorbells.ring('audit.check'));
        return this.uploadBill.execute(tx, { fileName, content: Buffer.from(content, 'base64') }, actor);
      }),
    );
  }
}
