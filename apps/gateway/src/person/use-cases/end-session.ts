import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Database } from '@jinku/persistence';
import { AuditTrail, CLOCK, type Actor } from '@jinku/service';
import { tokenHash } from '../../opaque-token.ts';
import { PERSON_REFUSALS } from '../domain/person-refusals.ts';
import { PersonRepository } from '../persistence/person.repository.ts';
import { SessionRepository } from '../persistence/session.repository.ts';

/** A person signs out, or an admin signs somebody out everywhere. */
@Injectable()
export class EndSession {
  constructor(
    private readonly database: Database,
    private readonly people: PersonRepository,
    private readonly sessions: SessionRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(actor: Actor, token: string): Promise<void> {
    const revokedAt = new Date(this.clock.wallNow());
    await this.database.transaction(async (tx) => {
      const hasEnded = await this.sessions.revoke(tx, { tokenHash: tokenHash(token), revokedAt });
      if (hasEnded) await this.audit.record(tx, { actor, action: 'person.session-ended', subject: actor.id });
    });
  }

  async executeForAll(actor: Actor, personId: string): Promise<{ sessionsEnded: number }> {
    const revokedAt = new Date(this.clock.wallNow());
    return this.database.transaction(async (tx) => {
      if ((await this.people.find(tx, personId)) === null) throw PERSON_REFUSALS.UNKNOWN_PERSON();
      const sessionsEnded = await this.sessions.revokeAllOf(tx, { personId, revokedAt });
      await this.audit.record(tx, { actor, action: 'person.sessions-revoked', subject: personId, after: { sessionsEnded } });
      return { sessionsEnded };
    });
  }
}
