import type { Readable } from 'node:stream';
import { Controller, HttpCode, Inject, Post, Req } from '@nestjs/common';
import { ApiBearerAuth, ApiBody, ApiConsumes, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { Clock } from '@jinku/calendar';
import { GENERAL_REFUSALS } from '@jinku/errors';
import { Database } from '@jinku/persistence';
import { CLOCK, CurrentActor, IdempotencyKey, once, Role, Roles, type Actor } from '@jinku/service';
import { AdmitPayoutFile, readPayoutFile, type AdmittedFile } from '../use-cases/admit-payout-file.ts';
import { clientOf, payoutFileAnswer } from './payout-bodies.ts';

const CSV = 'text/csv';

/** Hands a file on as it arrives: it is read piece by piece and never held as a whole. */
export function takeCsvBodies(server: FastifyInstance): void {
  server.addContentTypeParser(CSV, (_request, payload, done) => done(null, payload));
}

@ApiTags('payouts')
@ApiBearerAuth()
@Controller('v1/payouts/files')
export class PayoutFilesController {
  constructor(
    private readonly database: Database,
    private readonly admit: AdmitPayoutFile,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Post()
  @HttpCode(200)
  @Roles(Role.CLIENT, Role.OPERATOR, Role.ADMIN)
  @ApiOperation({ summary: 'Ask for up to 10,000 payouts by a CSV file in UTF-8 with a header; good rows are admitted, each bad one is refused by row and column' })
  @ApiConsumes(CSV)
  @ApiBody({ schema: { type: 'string', description: 'Columns: requestId, merchantId, businessLine, amount, accountNumber, accountName, bankCode, purpose, instructionReference; optional: currency, payeeCategory, latestBy.' } })
  @ApiResponse({ status: 200, standardSchema: payoutFileAnswer })
  async take(@Req() request: FastifyRequest, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<AdmittedFile> {
    if (request.headers['content-type']?.split(';')[0]?.trim().toLowerCase() !== CSV) {
      throw GENERAL_REFUSALS.UNSUPPORTED_MEDIA_TYPE({ violations: [{ field: 'content-type', rule: `is ${CSV}` }] });
    }
    // A refusal is answered while the rest still comes: the request is not torn down under the answer.
    const file = await readPayoutFile((request.body as Readable).iterator({ destroyOnReturn: false }));
    const write = { actor, key, operation: 'payouts.admit-file', content: { sha256: file.hash }, at: this.clock.now() };
    return this.database.transaction((tx) => once(tx, write, () => this.admit.execute(tx, { file, clientId: clientOf(actor) })));
  }
}
