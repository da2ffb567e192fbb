import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, pageFields, pageOf, Roles } from '@jinku/service';
import { z } from 'zod';
import type { EntryDraft } from '../domain/journal-entry.ts';
import { LEDGER_REFUSALS } from '../domain/journal-refusals.ts';
import { JournalRepository } from '../persistence/journal.repository.ts';
import { id, reference } from './entry-fields.ts';

const entryQuery = z.strictObject({ reference, ...pageFields });

const journalEntry = z.object({
  id,
  unit: z.string(),
  rule: z.string(),
  reference: z.string(),
  valueDate: z.string(),
  bookedAt: z.iso.datetime(),
  batchSequence: z.string(),
  lines: z.array(z.object({ account: z.string(), side: z.string(), amount: z.string() })),
  reverses: z.uuid().nullable(),
  description: z.string().nullable(),
});

@ApiTags('journal')
@ApiBearerAuth()
@Controller('v1')
export class JournalEntriesController {
  constructor(
    private readonly database: Database,
    private readonly journal: JournalRepository,
  ) {}

  @Get('journal-entries')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The entries of one reference, such as a payout\'s id' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(journalEntry), next: id.nullable() }) })
  async list(@Query({ schema: entryQuery }) query: z.output<typeof entryQuery>): Promise<{ items: readonly z.output<typeof journalEntry>[]; next: string | null }> {
    return pageOf((await this.journal.listByReference(this.database, query)).map(shown), query.limit);
  }

  @Get('journal-entries/:id')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'One entry with its lines' })
  @ApiResponse({ status: 200, standardSchema: journalEntry })
  async get(@Param('id', { schema: id }) entryId: string): Promise<z.output<typeof journalEntry>> {
    const entry = await this.journal.find(this.database, entryId);
    if (entry === null) throw LEDGER_REFUSALS.UNKNOWN_JOURNAL_ENTRY();
    return shown(entry);
  }
}

function shown(entry: EntryDraft & { bookedAt: Date; sequence: bigint }): z.output<typeof journalEntry> {
  return {
    id: entry.id,
    unit: entry.unit,
    rule: entry.rule,
    reference: entry.reference,
    valueDate: entry.valueDate,
    bookedAt: entry.bookedAt.toISOString(),
    batchSequence: String(entry.sequence),
    lines: entry.lines.map(({ account, amount }) => ({
      account,
      side: amount > 0n ? 'DEBIT' : 'CREDIT',
      amount: formatAmount(amount > 0n ? amount : -amount),
    })),
    reverses: entry.reverses ?? null,
    description: entry.description ?? null,
  };
}
