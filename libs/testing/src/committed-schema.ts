import { strict as assert } from 'node:assert';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { describeSchema } from './describe-schema.ts';
import { testDatabase, type TestDatabaseOptions, type TestService } from './test-database.ts';

export interface CommittedSchema extends TestService {
  /** `new URL('../schema.sql', import.meta.url)`. */
  readonly file: URL;
  readonly shared?: TestDatabaseOptions['shared'];
}

/** The whole of a `schema.int.spec.ts`: the migrated schema is the text of the committed file. With JINKU_UPDATE=1 it rewrites the file. */
export async function expectCommittedSchema({ file, shared, ...service }: CommittedSchema): Promise<void> {
  const database = await testDatabase({ services: [service], ...(shared === undefined ? {} : { shared }) });
  try {
    const actual = await describeSchema(database.admin, service.name);
    if (process.env['JINKU_UPDATE'] === '1') writeFileSync(file, actual);
    const committed = existsSync(file) ? readFileSync(file, 'utf8') : '';
    assert.equal(actual, committed, 'schema.sql is not what the migrations make; look at the difference, then run this spec with JINKU_UPDATE=1');
  } finally {
    await database.drop();
  }
}
