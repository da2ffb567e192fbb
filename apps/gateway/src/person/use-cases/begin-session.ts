import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import { Database } from '@jinku/persistence';
import { hashPassword, verifyPassword } from '@jinku/security';
import { AuditTrail, CLOCK, tooManyRequests } from '@jinku/service';
import { newToken, tokenHash, TokenKind } from '../../opaque-token.ts';
import { PERSON_REFUSALS } from '../domain/person-refusals.ts';
import { LoginFailureRepository } from '../persistence/login-failure.repository.ts';
import { PersonRepository } from '../persistence/person.repository.ts';
import { SessionRepository } from '../persistence/session.repository.ts';

export const SESSION_LIFETIME_MS = 12 * 3_600_000;

/** A person signs in. Whether the username exists shows neither in the answer nor in the time it takes. */
@Injectable()
export class BeginSession {
  /** Checked instead of the hash of a person who does not exist. */
  readonly #nobodysHash = hashPassword('nobody has this password');

  constructor(
    private readonly database: Database,
    private readonly people: PersonRepository,
    private readonly sessions: SessionRepository,
    private readonly failures: LoginFailureRepository,
    private readonly audit: AuditTrail,
    @Inject(CLOCK) private readonly clock: Clock,
  ) {}

  async execute({ username, password }: { username: string; password: string }): Promise<{ token: string; personId: string; expiresAt: Date }> {
    const begunAt = new Date(this.clock.wallNow());
    const lockedUntil = await this.failures.begin(this.database, username, begunAt);
    if (lockedUntil !== null) throw tooManyRequests(lockedUntil.getTime() - begunAt.getTime(), 'Too many wrong passwords for this username');
    const found = await this.people.findCredentials(this.database, username);
    const isRight = await verifyPassword(password, found?.passwordHash ?? (await this.#nobodysHash));
    if (found === null || !isRight || found.isDisabled) throw PERSON_REFUSALS.WRONG_CREDENTIALS();
    const token = newToken(TokenKind.SESSION);
    const expiresAt = new Date(begunAt.getTime() + SESSION_LIFETIME_MS);
    await this.database.transaction(async (tx) => {
      await this.failures.forget(tx, username);
      await this.sessions.insert(tx, { tokenHash: tokenHash(token), personId: found.id, begunAt, expiresAt });
      await this.audit.record(tx, { actor: { kind: 'PERSON', id: found.id }, action: 'person.session-begun', subject: found.id });
    });
    return { token, personId: found.id, expiresAt };
  }
}
