import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiBearerAuth, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Database } from '@jinku/persistence';
import { PASSWORD_LENGTH_MAX } from '@jinku/security';
import { CurrentActor, IdempotencyKey, pageFields, pageOf, Role, Roles, type Actor, type Page } from '@jinku/service';
import { z } from 'zod';
import { PERSON_ROLES, type Person } from '../domain/person.ts';
import { PersonRepository } from '../persistence/person.repository.ts';
import { AddPerson } from '../use-cases/add-person.ts';
import { ChangePerson } from '../use-cases/change-person.ts';
import { EndSession } from '../use-cases/end-session.ts';
import { PASSWORD_LENGTH_MIN } from './auth.controller.ts';

const roles = z
  .array(z.enum(PERSON_ROLES))
  .min(1, 'has at least one role')
  .max(PERSON_ROLES.length)
  .refine((list) => new Set(list).size === list.length, 'names each role once');
const displayName = z.string().trim().min(1).max(80);
const newPerson = z.strictObject({
  username: z.string().regex(/^[a-z0-9][a-z0-9._-]{1,31}$/, 'is 2 to 32 of a-z, 0-9 and . _ -'),
  displayName,
  roles,
  password: z.string().min(PASSWORD_LENGTH_MIN, `has at least ${PASSWORD_LENGTH_MIN} characters`).max(PASSWORD_LENGTH_MAX),
});
const personChange = z.strictObject({
  displayName: displayName.optional(),
  roles: roles.optional(),
  isDisabled: z.boolean().optional(),
  reason: z.string().trim().min(1).max(200),
});
const person = z.object({
  id: z.uuid(),
  username: z.string(),
  displayName: z.string(),
  roles: z.array(z.enum(PERSON_ROLES)),
  isDisabled: z.boolean(),
  createdAt: z.iso.datetime(),
});
const personPage = z.object({ items: z.array(person), next: z.uuid().nullable() });
const pageQuery = z.strictObject(pageFields);
const personId = z.uuid();

type PersonAnswer = z.output<typeof person>;

@ApiTags('people')
@ApiBearerAuth()
@Controller('v1/people')
export class PeopleController {
  constructor(
    private readonly database: Database,
    private readonly people: PersonRepository,
    private readonly addPerson: AddPerson,
    private readonly changePerson: ChangePerson,
    private readonly endSession: EndSession,
  ) {}

  @Get()
  @Roles(Role.ADMIN, Role.AUDITOR)
  @ApiOperation({ summary: 'Everybody who can sign in, and with which roles' })
  @ApiResponse({ status: 200, standardSchema: personPage })
  async list(@Query({ schema: pageQuery }) { after, limit }: z.output<typeof pageQuery>): Promise<Page<PersonAnswer>> {
    const rows = await this.people.list(this.database, { after: after ?? null, limit: limit + 1 });
    return pageOf(rows.map(answerOf), limit);
  }

  @Post()
  @HttpCode(201)
  @Roles(Role.ADMIN)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Add a person; incompatible duties are refused' })
  @ApiResponse({ status: 201, standardSchema: z.object({ id: z.uuid() }) })
  add(@CurrentActor() actor: Actor, @IdempotencyKey() key: string, @Body({ schema: newPerson }) body: z.output<typeof newPerson>): Promise<{ id: string }> {
    return this.addPerson.execute({ actor, key, ...body });
  }

  @Patch(':id')
  @Roles(Role.ADMIN)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'Change roles or name, or disable; a disabled person is out within two seconds' })
  @ApiResponse({ status: 200, standardSchema: person })
  async change(
    @CurrentActor() actor: Actor,
    @IdempotencyKey() key: string,
    @Param('id', { schema: personId }) id: string,
    @Body({ schema: personChange }) change: z.output<typeof personChange>,
  ): Promise<PersonAnswer> {
    return answerOf(await this.changePerson.execute({ actor, key, id, change }));
  }

  @Delete(':id/sessions')
  @HttpCode(200)
  @Roles(Role.ADMIN)
  @ApiHeader({ name: 'Idempotency-Key', required: true })
  @ApiOperation({ summary: 'End all sessions of a person' })
  @ApiResponse({ status: 200, standardSchema: z.object({ sessionsEnded: z.int() }) })
  revoke(@CurrentActor() actor: Actor, @IdempotencyKey() _key: string, @Param('id', { schema: personId }) id: string): Promise<{ sessionsEnded: number }> {
    return this.endSession.executeForAll(actor, id);
  }
}

function answerOf({ id, username, displayName: name, roles: held, isDisabled, createdAt }: Person): PersonAnswer {
  return { id, username, displayName: name, roles: [...held], isDisabled, createdAt: createdAt.toISOString() };
}
