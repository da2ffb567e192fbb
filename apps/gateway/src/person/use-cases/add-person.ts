import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { uuidv7 } from '@jinku/messaging';
import { breaksUnique, Database } from '@jinku/persistence';
import { hashPassword } from '@jinku/security';
import { AuditTrail, CLOCK, once, type Actor } from '@jinku/service';
import { incompatibleDuties, type PersonRole } from '../domain/person.ts';
import { PERSON_REFUSALS } from '../domain/person-refusals.ts';
import { PersonRepository, USERNAME_UNIQUE } from '../persistence/person.repository.ts';

export interface AddPersonCommand {
  readonly actor: Actor;
  readonly key: string;
  readonly username: string;
  readonly displayName: string;
  readonly roles: readonly PersonRole[];
  readonly password: string;
}

@Injectable()
export class AddPerson {
  constructor(
    private readonly database: Database,
    private readonly people: PersonRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ actor, key, username, displayName, roles, password }: AddPersonCommand): Promise<{ id: string }> {
    const pair = incompatibleDuties(roles);
    if (pair !== null) throw PERSON_REFUSALS.INCOMPATIBLE_DUTIES({ violations: [{ field: 'roles', rule: `does not hold ${pair.join(' and ')} together` }] });
    const passwordHash = await hashPassword(password);
    const at = this.clock.now();
    try {
      return await this.database.transaction((tx) =>
        // The password stays out of the stored hash of the request, which is a fast one.
        once(tx, { actor, key, operation: 'people.add', content: { username, displayName, roles }, at }, async () => {
          const id = uuidv7(this.clock.wallNow());
          await this.people.insert(tx, { id, username, displayName, roles, isDisabled: false, createdAt: at, passwordHash });
          await this.audit.record(tx, { actor, action: 'person.added', subject: id, after: { username, displayName, roles } });
          return { id };
        }),
      );
    } catch (error) {
      if (breaksUnique(error, USERNAME_UNIQUE)) throw PERSON_REFUSALS.USERNAME_TAKEN({ cause: error });
      throw error;
    }
  }
}
