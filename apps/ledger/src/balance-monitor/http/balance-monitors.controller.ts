import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { Clock } from '@jinku/calendar';
import { invariant } from '@jinku/errors';
import { uuidv7 } from '@jinku/messaging';
import { amountText, formatAmount, parseAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, AuditTrail, CLOCK, CurrentActor, IdempotencyKey, once, pageFields, pageOf, Role, Roles, type Actor } from '@jinku/service';
import { z } from 'zod';
import { InternalAccountRepository } from '../../internal-account/persistence/internal-account.repository.ts';
import { LEDGER_REFUSALS } from '../../journal/domain/journal-refusals.ts';
import { BalanceMonitorRepository } from '../persistence/balance-monitor.repository.ts';

const id = z.uuid();
const listQuery = z.strictObject({ ...pageFields });
const createBody = z.strictObject({ accountCode: z.string().max(64), threshold: amountText });
const balanceMonitor = z.object({ id, accountCode: z.string(), threshold: z.string(), createdBy: z.string() });

@ApiTags('balance monitors')
@ApiBearerAuth()
@Controller('v1')
export class BalanceMonitorsController {
  constructor(
    private readonly database: Database,
    private readonly accounts: InternalAccountRepository,
    private readonly monitors: BalanceMonitorRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get('balance-monitors')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The thresholds that are watched' })
  @ApiResponse({ status: 200, standardSchema: z.object({ items: z.array(balanceMonitor), next: id.nullable() }) })
  async list(@Query({ schema: listQuery }) query: z.output<typeof listQuery>): Promise<{ items: readonly z.output<typeof balanceMonitor>[]; next: string | null }> {
    const rows = await this.monitors.list(this.database, query);
    return pageOf(rows.map((monitor) => ({ ...monitor, threshold: formatAmount(monitor.threshold) })), query.limit);
  }

  @Post('balance-monitors')
  @HttpCode(201)
  @Roles(Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Watches a threshold: each time the balance comes to lie on its other side, a message tells so' })
  @ApiResponse({ status: 201, standardSchema: balanceMonitor })
  async create(@Body({ schema: createBody }) body: z.output<typeof createBody>, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<z.output<typeof balanceMonitor>> {
    const at = this.clock.now();
    return this.database.transaction((tx) =>
      once(tx, { actor, key, operation: 'create-balance-monitor', content: body, at }, async () => {
        const account = await this.accounts.findByCode(tx, body.accountCode);
        if (account === null) throw LEDGER_REFUSALS.UNKNOWN_INTERNAL_ACCOUNT();
        if (account.isControl) throw LEDGER_REFUSALS.POSTING_TO_PARENT({ detail: 'A parent has no balance of its own to watch.' });
        const threshold = parseAmount(body.threshold);
        invariant(threshold !== null, 'the request has been checked');
        const monitor = { id: uuidv7(), accountId: account.id, threshold, createdBy: actor.id, createdAt: at };
        if (!(await this.monitors.insert(tx, monitor))) throw LEDGER_REFUSALS.BALANCE_MONITOR_EXISTS();
        await this.audit.record(tx, { actor, action: 'ledger.balance-monitor.create', subject: monitor.id, after: body });
        return { id: monitor.id, accountCode: body.accountCode, threshold: body.threshold, createdBy: actor.id };
      }),
    );
  }

  @Delete('balance-monitors/:id')
  @HttpCode(200)
  @Roles(Role.OPERATOR)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Stops watching a threshold' })
  @ApiResponse({ status: 200, standardSchema: z.object({ id }) })
  async remove(@Param('id', { schema: id }) monitorId: string, @CurrentActor() actor: Actor, @IdempotencyKey() key: string): Promise<{ id: string }> {
    return this.database.transaction((tx) =>
      once(tx, { actor, key, operation: 'remove-balance-monitor', content: monitorId, at: this.clock.now() }, async () => {
        if (!(await this.monitors.remove(tx, monitorId))) throw LEDGER_REFUSALS.UNKNOWN_BALANCE_MONITOR();
        await this.audit.record(tx, { actor, action: 'ledger.balance-monitor.remove', subject: monitorId });
        return { id: monitorId };
      }),
    );
  }
}
