import { describeSchema } from './describe-schema.ts';
import { expectGenerated } from './generated-file.ts';
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
    expectGenerated(file, await describeSchema(database.admin, service.name));
  } finally {
    await database.drop();
  }
}
