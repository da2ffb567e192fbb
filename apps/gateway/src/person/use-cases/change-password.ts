import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Database } from '@jinku/persistence';
import { hashPassword, verifyPassword } from '@jinku/security';
import { AuditTrail, CLOCK, tooManyRequests, type Actor } from '@jinku/service';
import { PERSON_REFUSALS } from '../domain/person-refusals.ts';
import { LoginFailureRepository } from '../persistence/login-failure.repository.ts';
import { PersonRepository } from '../persistence/person.repository.ts';
import { SessionRepository } from '../persistence/session.repository.ts';

/** A person takes another password; every session of theirs ends, so that whoever knew the old one is out. */
@Injectable()
export class ChangePassword {
  constructor(
    private readonly database: Database,
    private readonly people: PersonRepository,
    private readonly sessions: SessionRepository,
    private readonly failures: LoginFailureRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute(actor: Actor, { current, next }: { current: string; next: string }): Promise<void> {
    const wallAt = new Date(this.clock.wallNow());
    // Counted like a login: a stolen session must not be a way to guess the password.
    const guessing = `password-of:${actor.id}`;
    const lockedUntil = await this.failures.begin(this.database, guessing, wallAt);
    if (lockedUntil !== null) throw tooManyRequests(lockedUntil.getTime() - wallAt.getTime(), 'Too many wrong passwords');
    const stored = await this.people.findPasswordHash(this.database, actor.id);
    if (stored === null || !(await verifyPassword(current, stored))) throw PERSON_REFUSALS.WRONG_CREDENTIALS();
    const passwordHash = await hashPassword(next);
    await this.database.transaction(async (tx) => {
      await this.failures.forget(tx, guessing);
      await this.people.updatePassword(tx, { id: actor.id, passwordHash, changedAt: this.clock.now() });
      await this.sessions.revokeAllOf(tx, { personId: actor.id, revokedAt: wallAt });
      await this.audit.record(tx, { actor, action: 'person.password-changed', subject: actor.id });
    });
  }
}
