import { randomBytes } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { uuidv7 } from '@jinku/messaging';
import { Database } from '@jinku/persistence';
import { hashPassword } from '@jinku/security';
import { AuditTrail, CLOCK, EVENT_LOG, Role, type EventLog } from '@jinku/service';
import { PersonRepository } from '../persistence/person.repository.ts';

const USERNAME = 'admin';
const PASSWORD_BYTES = 18;

/** Where the first password is shown, once. */
export type ShowOnce = (line: string) => void;
export const SHOW_ONCE = Symbol('jinku:show-once');

/** At the first start there is nobody who could let anybody in, so one admin is made. */
@Injectable()
export class CreateFirstAdmin {
  constructor(
    private readonly database: Database,
    private readonly people: PersonRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
    @Inject(EVENT_LOG) private readonly log: EventLog,
    @Inject(SHOW_ONCE) private readonly showOnce: ShowOnce,
  ) {}

  async execute(): Promise<void> {
    if (await this.people.exists(this.database)) return;
    const password = randomBytes(PASSWORD_BYTES).toString('base64url');
    const passwordHash = await hashPassword(password);
    const wasCreated = await this.database.transaction(async (tx) => {
      await this.people.lockAll(tx);
      if (await this.people.exists(tx)) return false;
      const person = { id: uuidv7(this.clock.wallNow()), username: USERNAME, displayName: 'First administrator', roles: [Role.ADMIN], isDisabled: false };
      await this.people.insert(tx, { ...person, createdAt: this.clock.now(), passwordHash });
      await this.audit.record(tx, { actor: null, action: 'person.first-admin-created', subject: person.id });
      // Before the commit: a crash in between shows another password at the next start, instead of leaving one that nobody has seen.
      this.showOnce(`JINKU FIRST ADMIN username=${USERNAME} password=${password}`);
      return true;
    });
    if (wasCreated) this.log.info('first-admin-created', { username: USERNAME });
  }
}
