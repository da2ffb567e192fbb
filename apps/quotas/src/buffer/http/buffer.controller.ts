import { Controller, Get, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ClearingHouse } from '@jinku/contracts';
import { ANY_PERSON, PAGE_SIZE_MAX, Roles } from '@jinku/service';
import { z } from 'zod';
import { Alert, BufferMovementKind } from '../../position/domain/institution-book.ts';
import { ReadBuffer, type BufferMovementView, type BufferView } from '../queries/read-buffer.ts';

const DEFAULT_PAGE = 50;
const movementQuery = z.strictObject({ before: z.coerce.number().int().positive().optional(), limit: z.coerce.number().int().min(1).max(PAGE_SIZE_MAX).default(DEFAULT_PAGE) });
export const bufferView = z.object({
  unallocatedBuffer: z.string().nullable(),
  minimumBuffer: z.string(),
  centralReserve: z.object({ balance: z.string(), source: z.string(), asOf: z.iso.datetime(), ageMs: z.number() }).nullable(),
  reserveDifference: z.string(),
  alerts: z.array(z.enum(Alert)),
});
const movementPage = z.object({
  items: z.array(
    z.object({
      sequence: z.int(),
      kind: z.enum(BufferMovementKind),
      amount: z.string(),
      balanceAfter: z.string(),
      reference: z.string(),
      clearingHouse: z.enum(ClearingHouse).nullable(),
      movedAt: z.iso.datetime(),
    }),
  ),
  next: z.int().nullable(),
});

@ApiTags('unallocated buffer')
@ApiBearerAuth()
@Controller('v1/quotas/buffer')
export class BufferController {
  constructor(private readonly buffer: ReadBuffer) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The unallocated buffer, the central reserve behind it, and whether I1 holds' })
  @ApiResponse({ status: 200, standardSchema: bufferView })
  read(): Promise<BufferView> {
    return this.buffer.execute();
  }

  @Get('movements')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Every movement of the buffer with its reason, the newest first' })
  @ApiResponse({ status: 200, standardSchema: movementPage })
  async movements(@Query({ schema: movementQuery }) query: z.output<typeof movementQuery>): Promise<{ items: BufferMovementView[]; next: number | null }> {
    const rows = await this.buffer.movements(query);
    const items = rows.slice(0, query.limit);
    return { items, next: rows.length > query.limit ? (items.at(-1)?.sequence ?? null) : null };
  }
}
