import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CHECKOUT } from '../stack/checkout.ts';
import { databaseSecret, makeKeys, SIGNERS } from '../stack/keys.ts';
import { argumentsReader } from './refusal.ts';

const ADMIN = 'postgres';

export const readSecretsArguments = argumentsReader({ flags: [], positionalsMax: 0 });

export function secrets(args: readonly string[]): Promise<number> {
  readSecretsArguments(args);
  const folder = join(CHECKOUT, '.jinku', 'docker');
  makeKeys(join(folder, 'keys'), SIGNERS);
  const secret = databaseSecret(join(folder, 'database.secret'));
  // The superuser's password follows from the secret like every role's, so that migrations need no other.
  const password = createHmac('sha256', secret).update(ADMIN).digest('hex');
  writeFileSync(join(folder, 'services.env'), `JINKU_DATABASE_SECRET=${secret}\n`, { mode: 0o600 });
  writeFileSync(join(folder, 'postgres.env'), `POSTGRES_PASSWORD=${password}\n`, { mode: 0o600 });
  process.stdout.write(`Keys and passwords are in ${folder}.\n`);
  return Promise.resolve(0);
}
