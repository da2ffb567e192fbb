import type pg from 'pg';

/** All of the work is committed, or none of it. */
export async function inTransaction<T>(pool: pg.Pool, work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // The connection's state is unknown: it is closed, which undoes what was not committed.
    client.release(true);
    throw error;
  }
}
