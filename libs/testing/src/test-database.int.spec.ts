import type { MigrationInterface, QueryRunner } from 'typeorm';
import { describeSchema, emptyTestDatabase, eventually, testDatabase, type TestDatabase } from './index.ts';

class CreateThing2026112110000 implements MigrationInterface {
  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE thing (
        id uuid PRIMARY KEY,
        parent_id uuid REFERENCES thing (id),
        name text NOT NULL UNIQUE,
        amount bigint NOT NULL DEFAULT 0 CHECK (amount >= 0),
        business_date date
      ) WITH (fillfactor = 50);
      CREATE INDEX thing_by_date ON thing (business_date) WHERE business_date IS NOT NULL;
      GRANT SELECT, INSERT ON thing TO jinku_probe;
      GRANT UPDATE (amount) ON thing TO jinku_probe;
    `);
  }

  down(): Promise<void> {
    throw new Error('forward only');
  }
}
const services = [{ name: 'probe', migrations: [CreateThing2026112110000] }];

let databases: TestDatabase[] = [];
afterEach(async () => {
  await Promise.all(databases.map((database) => database.drop()));
  databases = [];
});

async function open(...args: Parameters<typeof testDatabase>): Promise<TestDatabase> {
  const database = await testDatabase(...args);
  databases.push(database);
  return database;
}

test('many specs that ask at once get databases of their own from one template', async () => {
  const [one, two] = await Promise.all([open({ services }), open({ services }), open({ services })]);

  await one.admin.query(`INSERT INTO thing (id, name) VALUES (uuidv7(), 'of one')`);

  expect((await two.admin.query('SELECT 1 FROM thing')).rowCount).toBe(0);
  const templates = await two.admin.query(`SELECT 1 FROM pg_database WHERE datistemplate AND datname LIKE 'template\\_%'`);
  expect(templates.rowCount).toBeGreaterThanOrEqual(1);
});

test('a service is opened in its own role, which can do what was granted and nothing else', async () => {
  const database = await open({ services });
  const probe = await database.open('probe');

  await probe.query(`INSERT INTO thing (id, name, amount) VALUES (uuidv7(), 'a', 9007199254740993)`);

  expect(await probe.query('SELECT current_user AS "role", amount FROM thing')).toEqual([{ role: 'jinku_probe', amount: 9007199254740993n }]);
  await expect(probe.query('DELETE FROM thing')).rejects.toMatchObject({ code: '42501' });
});

test('SQL of a lib without migrations runs as the owner in the schema of the service', async () => {
  const database = await open({ services: [{ name: 'probe', sql: 'CREATE TABLE bare (id int); GRANT SELECT ON bare TO jinku_probe' }] });
  const probe = await database.open('probe');

  expect(await probe.query('SELECT id FROM probe.bare')).toEqual([]);
});

test('the description of a schema names columns, constraints, indexes and grants, and is the same each time', async () => {
  const database = await open({ services });

  const text = await describeSchema(database.admin, 'probe');

  expect(text).toBe(await describeSchema((await open({ services })).admin, 'probe'));
  expect(text).toContain('CREATE TABLE thing (\n  id uuid NOT NULL,\n  parent_id uuid,\n  name text NOT NULL,\n  amount bigint NOT NULL DEFAULT 0,\n  business_date date,\n');
  expect(text).toContain('CONSTRAINT thing_pkey PRIMARY KEY (id)');
  expect(text).toContain('CONSTRAINT thing_name_key UNIQUE (name)');
  expect(text).toContain('CONSTRAINT thing_parent_id_fkey FOREIGN KEY (parent_id) REFERENCES thing(id)');
  expect(text).toContain('CHECK ((amount >= 0))');
  expect(text).toContain(') WITH (fillfactor=50);');
  expect(text).toContain('CREATE INDEX thing_by_date ON probe.thing USING btree (business_date) WHERE (business_date IS NOT NULL);');
  expect(text).toContain('GRANT INSERT, SELECT, UPDATE (amount) ON thing TO jinku_probe;');
  expect(text).not.toContain('migration (');
});

test('a dropped database is gone, also with pools still open', async () => {
  const database = await emptyTestDatabase();
  const other = await open({ services });

  await database.drop();

  expect((await other.admin.query('SELECT 1 FROM pg_database WHERE datname = $1', [database.address.database])).rowCount).toBe(0);
});

test('an assertion that holds only after a while is waited for, and one that never holds fails with its own error', async () => {
  let tries = 0;

  expect(await eventually(() => ((tries += 1) < 3 ? Promise.reject(new Error('not yet')) : tries))).toBe(3);
  await expect(eventually(() => Promise.reject(new Error('never')), { withinMs: 30 })).rejects.toThrow('never');
});
