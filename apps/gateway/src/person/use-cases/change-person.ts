import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Database } from '@jinku/persistence';
import { AuditTrail, CLOCK, once, type Actor } from '@jinku/service';
import { incompatibleDuties, type Person, type PersonRole } from '../domain/person.ts';
import { PERSON_REFUSALS } from '../domain/person-refusals.ts';
import { PersonRepository } from '../persistence/person.repository.ts';
import { SessionRepository } from '../persistence/session.repository.ts';

export interface PersonChange {
  readonly displayName?: string | undefined;
  readonly roles?: readonly PersonRole[] | undefined;
  readonly isDisabled?: boolean | undefined;
  readonly reason: string;
}

/** An admin changes what a person may do. Sessions go on with the new roles; those of a disabled person end. */
@Injectable()
export class ChangePerson {
  constructor(
    private readonly database: Database,
    private readonly people: PersonRepository,
    private readonly sessions: SessionRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  execute({ actor, key, id, change }: { actor: Actor; key: string; id: string; change: PersonChange }): Promise<Person> {
    const pair = incompatibleDuties(change.roles ?? []);
    if (pair !== null) throw PERSON_REFUSALS.INCOMPATIBLE_DUTIES({ violations: [{ field: 'roles', rule: `does not hold ${pair.join(' and ')} together` }] });
    const at = this.clock.now();
    return this.database.transaction(async (tx) => {
      await once(tx, { actor, key, operation: `people.change ${id}`, content: change, at }, async () => {
        await this.people.lockAll(tx);
        const before = await this.people.find(tx, id);
        if (before === null) throw PERSON_REFUSALS.UNKNOWN_PERSON();
        const after: Person = {
          ...before,
          displayName: change.displayName ?? before.displayName,
          roles: change.roles ?? before.roles,
          isDisabled: change.isDisabled ?? before.isDisabled,
        };
        await this.people.update(tx, after, at);
        if (!(await this.people.hasEnabledAdmin(tx))) throw PERSON_REFUSALS.LAST_ADMIN();
        if (after.isDisabled) await this.sessions.revokeAllOf(tx, { personId: id, revokedAt: new Date(this.clock.wallNow()) });
        await this.audit.record(tx, { actor, action: 'person.changed', subject: id, reason: change.reason, before: shown(before), after: shown(after) });
        return {};
      });
      const person = await this.people.find(tx, id);
      if (person === null) throw PERSON_REFUSALS.UNKNOWN_PERSON();
      return person;
    });
  }
}

function shown({ displayName, roles, isDisabled }: Person): Pick<Person, 'displayName' | 'roles' | 'isDisabled'> {
  return { displayName, roles, isDisabled };
}
