import { Injectable } from '@nestjs/common';
import type { Queryable, Tx } from '@jinku/persistence';
import type { Person, PersonRole } from '../domain/person.ts';

interface PersonRow {
  readonly id: string;
  readonly username: string;
  readonly display_name: string;
  readonly roles: PersonRole[];
  readonly is_disabled: boolean;
  readonly created_at: Date;
}

const COLUMNS = 'id, username, display_name, roles, is_disabled, created_at';
/** Changes that decide who is an admin pass one at a time, or two admins could disable each other. */
const PEOPLE_LOCK = 0x6a6b7065;

export const USERNAME_UNIQUE = 'person_username_key';

@Injectable()
export class PersonRepository {
  async lockAll(tx: Tx): Promise<void> {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [PEOPLE_LOCK]);
  }

  async insert(tx: Tx, person: Person & { readonly passwordHash: string }): Promise<void> {
    await tx.execute(
      `INSERT INTO person (id, username, display_name, password_hash, roles, is_disabled, created_at, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $7)`,
      [person.id, person.username, person.displayName, person.passwordHash, person.roles, person.isDisabled, person.createdAt],
    );
  }

  async exists(queryable: Queryable): Promise<boolean> {
    return (await queryable.query('SELECT 1 FROM person LIMIT 1')).length > 0;
  }

  async find(queryable: Queryable, id: string): Promise<Person | null> {
    const [row] = await queryable.query<PersonRow>(`SELECT ${COLUMNS} FROM person WHERE id = $1`, [id]);
    return row === undefined ? null : personOf(row);
  }

  async list(queryable: Queryable, page: { after: string | null; limit: number }): Promise<Person[]> {
    const rows = await queryable.query<PersonRow>(`SELECT ${COLUMNS} FROM person WHERE $1::uuid IS NULL OR id > $1 ORDER BY id LIMIT $2`, [page.after, page.limit]);
    return rows.map(personOf);
  }

  async findCredentials(queryable: Queryable, username: string): Promise<{ id: string; passwordHash: string; isDisabled: boolean } | null> {
    const [row] = await queryable.query<{ id: string; password_hash: string; is_disabled: boolean }>(
      'SELECT id, password_hash, is_disabled FROM person WHERE username = $1',
      [username],
    );
    return row === undefined ? null : { id: row.id, passwordHash: row.password_hash, isDisabled: row.is_disabled };
  }

  async findPasswordHash(queryable: Queryable, id: string): Promise<string | null> {
    const [row] = await queryable.query<{ password_hash: string }>('SELECT password_hash FROM person WHERE id = $1', [id]);
    return row?.password_hash ?? null;
  }

  async update(tx: Tx, person: Person, changedAt: Date): Promise<void> {
    await tx.execute('UPDATE person SET display_name = $2, roles = $3, is_disabled = $4, changed_at = $5 WHERE id = $1', [
      person.id,
      person.displayName,
      person.roles,
      person.isDisabled,
      changedAt,
    ]);
  }

  async updatePassword(tx: Tx, { id, passwordHash, changedAt }: { id: string; passwordHash: string; changedAt: Date }): Promise<void> {
    await tx.execute('UPDATE person SET password_hash = $2, changed_at = $3 WHERE id = $1', [id, passwordHash, changedAt]);
  }

  async hasEnabledAdmin(tx: Tx): Promise<boolean> {
    return (await tx.query(`SELECT 1 FROM person WHERE NOT is_disabled AND 'admin' = ANY (roles) LIMIT 1`)).length > 0;
  }
}

function personOf(row: PersonRow): Person {
  return { id: row.id, username: row.username, displayName: row.display_name, roles: row.roles, isDisabled: row.is_disabled, createdAt: row.created_at };
}
