import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { pageFields, pageOf, Role, Roles, type Page } from '@jinku/service';
import { z } from 'zod';
import { QuarantineFault } from '../domain/client-message.ts';
import { PAYOUT_REFUSALS } from '../domain/payout-refusals.ts';
import { ListQuarantinedMessages, type QuarantinedMessageView } from '../queries/list-quarantined-messages.ts';
import { idParameter } from './payout-bodies.ts';

const quarantineQuery = z.strictObject({ fault: z.enum(QuarantineFault).optional(), clientId: z.string().max(64).optional(), ...pageFields });

const quarantinedMessage = z.object({
  id: z.uuid(),
  messageId: z.string(),
  clientId: z.string(),
  fault: z.enum(QuarantineFault),
  reason: z.string(),
  bodyHash: z.string(),
  bodyBytes: z.int(),
  receivedAt: z.iso.datetime(),
});
const quarantinePage = z.object({ items: z.array(quarantinedMessage), next: z.string().nullable() });

@ApiTags('payouts')
@ApiBearerAuth()
@Controller('v1/payouts/quarantined-messages')
export class QuarantineController {
  constructor(private readonly quarantine: ListQuarantinedMessages) {}

  @Get()
  @Roles(Role.OPERATOR, Role.AUDITOR, Role.ADMIN)
  @ApiOperation({ summary: 'Messages of payout requests that were kept instead of believed, the newest first, with field and rule' })
  @ApiResponse({ status: 200, standardSchema: quarantinePage })
  async search(@Query({ schema: quarantineQuery }) query: z.output<typeof quarantineQuery>): Promise<Page<QuarantinedMessageView>> {
    return pageOf(await this.quarantine.execute(query), query.limit);
  }

  @Get(':id')
  @Roles(Role.OPERATOR, Role.AUDITOR, Role.ADMIN)
  @ApiOperation({ summary: 'One quarantined message with its text, payees masked' })
  @ApiResponse({ status: 200, standardSchema: quarantinedMessage.extend({ text: z.string() }) })
  async find(@Param('id', { schema: idParameter }) id: string): Promise<QuarantinedMessageView & { text: string }> {
    const message = await this.quarantine.find(id);
    if (message === null) throw PAYOUT_REFUSALS.QUARANTINED_MESSAGE_NOT_FOUND();
    return message;
  }
}
