import { Body, Controller, Get, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { businessDateOf, type Clock } from '@jinku/calendar';
import { Database } from '@jinku/persistence';
import { ANY_PERSON, CLOCK, CurrentActor, IdempotencyKey, IdempotentWrites, PAGE_SIZE_MAX, Role, Roles, type Actor } from '@jinku/service';
import { z } from 'zod';
import { decision, uuid, type DecisionBody } from '../../account/http/accounts.schemas.ts';
import { CONNECTOR_TYPE_REFUSALS } from '../domain/connector-type-refusals.ts';
import { connectorTypeCode, connectorTypeContent } from '../domain/connector-type.ts';
import { ConnectorTypeRepository, type ConnectorTypeVersion, type ProposedVersion } from '../persistence/connector-type.repository.ts';
import { ChangeConnectorType, type DecidedConnectorType } from '../use-cases/change-connector-type.ts';

const versionView = z.object({
  code: z.string(),
  version: z.int(),
  effectiveOn: z.iso.date(),
  content: connectorTypeContent,
  makerId: z.string().nullable(),
  checkerId: z.string().nullable(),
  approvalId: z.uuid().nullable(),
  reason: z.string(),
  recordedAt: z.iso.datetime(),
});
const versionList = z.object({ items: z.array(versionView) });
const proposalList = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      proposal: z.object({ code: z.string(), version: z.int(), effectiveOn: z.iso.date(), content: connectorTypeContent }),
      makerId: z.string(),
      reason: z.string(),
      proposedAt: z.iso.datetime(),
      expiresAt: z.iso.datetime(),
    }),
  ),
});
const dayQuery = z.strictObject({ on: z.iso.date().optional() });
type DayQuery = z.output<typeof dayQuery>;
const versionRequest = z.strictObject({
  effectiveOn: z.iso.date().nullable().default(null),
  content: connectorTypeContent,
  reason: z.string().trim().min(1, 'is not empty').max(200, 'has at most 200 characters'),
});
type VersionBody = z.output<typeof versionRequest>;
const decidedAnswer = z.object({ code: z.string(), version: z.int().nullable() });

@ApiTags('connector types')
@ApiBearerAuth()
@Controller('v1/connector-types')
export class ConnectorTypesController {
  constructor(
    private readonly database: Database,
    private readonly writes: IdempotentWrites,
    private readonly connectorTypes: ConnectorTypeRepository,
    private readonly change: ChangeConnectorType,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  @Get()
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'The connector types as they are in force today or on another day' })
  @ApiResponse({ status: 200, standardSchema: versionList })
  async list(@Query({ schema: dayQuery }) { on }: DayQuery): Promise<{ items: ConnectorTypeVersion[] }> {
    return { items: await this.connectorTypes.inForce(this.database, on ?? businessDateOf(this.clock.now())) };
  }

  @Get('proposals')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Versions that wait for a second person, the oldest first' })
  @ApiResponse({ status: 200, standardSchema: proposalList })
  async listProposed(): Promise<{ items: ProposedVersion[] }> {
    return { items: await this.connectorTypes.proposed(this.database, this.clock.now(), PAGE_SIZE_MAX) };
  }

  @Get(':code')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'One connector type as it is in force today or on another day' })
  @ApiResponse({ status: 200, standardSchema: versionView })
  async get(@Param('code', { schema: connectorTypeCode }) code: string, @Query({ schema: dayQuery }) { on }: DayQuery): Promise<ConnectorTypeVersion> {
    const [version] = await this.connectorTypes.inForce(this.database, on ?? businessDateOf(this.clock.now()), code);
    if (version === undefined) throw CONNECTOR_TYPE_REFUSALS.CONNECTOR_TYPE_NOT_FOUND();
    return version;
  }

  @Get(':code/versions')
  @Roles(...ANY_PERSON)
  @ApiOperation({ summary: 'Every version of a connector type, the newest first, those of later days too' })
  @ApiResponse({ status: 200, standardSchema: versionList })
  async versions(@Param('code', { schema: connectorTypeCode }) code: string): Promise<{ items: ConnectorTypeVersion[] }> {
    const items = await this.connectorTypes.versions(this.database, code, PAGE_SIZE_MAX);
    if (items.length === 0) throw CONNECTOR_TYPE_REFUSALS.CONNECTOR_TYPE_NOT_FOUND();
    return { items };
  }

  @Post(':code/versions')
  @HttpCode(202)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Propose the next version of a connector type, or the first of a new one' })
  @ApiResponse({ status: 202, standardSchema: z.object({ approvalId: z.uuid() }) })
  propose(
    @Param('code', { schema: connectorTypeCode }) code: string,
    @Body({ schema: versionRequest }) body: VersionBody,
    @IdempotencyKey() key: string,
    @CurrentActor() actor: Actor,
  ): Promise<{ approvalId: string }> {
    const write = { actor, key, operation: `connector-types.propose:${code}`, content: body };
    return this.writes.execute(write, (tx) => this.change.propose(tx, { code, ...body }, actor));
  }

  @Post('proposals/:id/approve')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiOperation({ summary: 'Approve another person\'s version; it is in force from its day on' })
  @ApiResponse({ status: 200, standardSchema: decidedAnswer })
  approve(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: decision }) { note }: DecisionBody,
    @IdempotencyKey() key: string,
    @CurrentActor() person: Actor,
  ): Promise<DecidedConnectorType> {
    const write = { actor: person, key, operation: `connector-types.approve:${id}`, content: note };
    return this.writes.execute(write, (tx) => this.change.approve(tx, id, { person, note }));
  }

  @Post('proposals/:id/reject')
  @HttpCode(200)
  @Roles(Role.APPROVER)
  @ApiOperation({ summary: 'Reject another person\'s version' })
  @ApiResponse({ status: 200, standardSchema: decidedAnswer })
  reject(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: decision }) { note }: DecisionBody,
    @IdempotencyKey() key: string,
    @CurrentActor() person: Actor,
  ): Promise<DecidedConnectorType> {
    const write = { actor: person, key, operation: `connector-types.reject:${id}`, content: note };
    return this.writes.execute(write, (tx) => this.change.reject(tx, id, { person, note }));
  }
  @Post('proposals/:id/withdraw')
  @HttpCode(200)
  @Roles(Role.OPERATOR)
  @ApiOperation({ summary: 'Take one\'s own version back' })
  @ApiResponse({ status: 200, standardSchema: decidedAnswer })
  withdraw(
    @Param('id', { schema: uuid }) id: string,
    @Body({ schema: decision }) { note }: DecisionBody,
    @IdempotencyKey() key: string,
    @CurrentActor() person: Actor,
  ): Promise<DecidedConnectorType> {
    const write = { actor: person, key, operation: `connector-types.withdraw:${id}`, content: note };
    return this.writes.execute(write, (tx) => this.change.withdraw(tx, id, { person, note }));
  }
}
