import { createHash } from 'node:crypto';
import { realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Names a checkout by its path, so that two checkouts on one machine share neither folders nor ports. */
export function checkoutHash(checkout: string): string {
  return createHash('sha256').update(realpathSync(checkout)).digest('hex').slice(0, 12);
}

/**
 * Where a checkout keeps what it runs with. As root PostgreSQL runs as another user, who cannot enter every folder of the administrator,
 * so there it is a folder of its own.
 */
export function stateFolder(checkout: string): string {
  return process.getuid?.() === 0 ? join('/var/lib/jinku', checkoutHash(checkout)) : join(realpathSync(checkout), '.jinku');
}

/** What may be thrown away at any time and is made again: Kafka's jars. */
export function cacheFolder(checkout: string): string {
  return join(stateFolder(checkout), 'cache');
}
