import { databaseAddress, rolePassword } from '@jinku/persistence';
import pg from 'pg';

const RAILS_ROLE = 'jinku_rails';
const STATEMENT_TIMEOUT_MS = 10_000;

/** By which door a request was taken. */
export type Door = 'MESSAGE' | 'BATCH' | 'SINGLE';

export interface Acknowledgement {
  readonly requestId: string;
  /** Null where the door tells none: a message is answered by results later. */
  readonly payoutId: string | null;
}

/** The settlement service's own record of what it was promised, kept outside of Jinku's books so that the checker can hold both against each other. */
export class Acknowledgements {
  readonly #pool: pg.Pool;

  constructor(railsDatabaseUrl: string, secret: string) {
    const address = databaseAddress(railsDatabaseUrl, secret);
    const { host, port, database } = address;
    this.#pool = new pg.Pool({ host, port, database, user: RAILS_ROLE, password: rolePassword(address, RAILS_ROLE), max: 2, query_timeout: STATEMENT_TIMEOUT_MS });
    // A connection that breaks while idle is made again by the next statement, which tells when it cannot.
    this.#pool.on('error', () => undefined);
  }

  async record(acknowledged: readonly Acknowledgement[], how: Door): Promise<void> {
    await this.#pool.query(
      `INSERT INTO settlement.acknowledged_request (request_id, payout_id, how, acknowledged_at)
       SELECT request_id, payout_id, $3, $4 FROM unnest($1::text[], $2::uuid[]) AS given (request_id, payout_id)
       ON CONFLICT (request_id) DO NOTHING`,
      [acknowledged.map(({ requestId }) => requestId), acknowledged.map(({ payoutId }) => payoutId), how, new Date()],
    );
  }

  async close(): Promise<void> {
    await this.#pool.end();
  }
}
