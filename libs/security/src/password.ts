import { argon2, randomBytes, timingSafeEqual, type Argon2Parameters } from 'node:crypto';
import { promisify } from 'node:util';

/** OWASP's first recommendation for argon2id: 19 MiB, two passes, one lane. */
const COST = { memory: 19_456, passes: 2, parallelism: 1 } as const;
const VERSION = 19;
const SALT_BYTES = 16;
const TAG_BYTES = 32;

/** A stored hash may not make this process do more work than this, whoever wrote it. */
const COST_MAX = { memory: 262_144, passes: 10, parallelism: 4 } as const;

/** A longer password is refused before hashing. */
export const PASSWORD_LENGTH_MAX = 256;

const PHC = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,3}),p=(\d{1,2})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{22,86})$/;

const derive = promisify(argon2) as (algorithm: 'argon2id', parameters: Argon2Parameters) => Promise<Buffer>;

/** The PHC text `$argon2id$v=19$m=…,t=…,p=…$salt$hash`. */
export async function hashPassword(password: string): Promise<string> {
  if (password.length === 0 || password.length > PASSWORD_LENGTH_MAX)
    throw new RangeError(`a password has 1 to ${PASSWORD_LENGTH_MAX} characters`);
  const nonce = randomBytes(SALT_BYTES);
  const tag = await derive('argon2id', { ...COST, message: password, nonce, tagLength: TAG_BYTES });
  return `$argon2id$v=${VERSION}$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$${unpadded(nonce)}$${unpadded(tag)}`;
}

/** False for a wrong password and for a stored text that is no argon2id hash. */
export async function verifyPassword(password: string, stored: string): Promise<boolean> {
  const found = PHC.exec(stored);
  if (found === null || password.length === 0 || password.length > PASSWORD_LENGTH_MAX) return false;
  const [memory, passes, parallelism] = found.slice(1, 4).map(Number) as [number, number, number];
  if (memory > COST_MAX.memory || passes > COST_MAX.passes || parallelism > COST_MAX.parallelism) return false;
  if (passes < 1 || parallelism < 1 || memory < 8 * parallelism) return false;
  const nonce = Buffer.from(found[4] ?? '', 'base64');
  const expected = Buffer.from(found[5] ?? '', 'base64');
  const tag = await derive('argon2id', { memory, passes, parallelism, message: password, nonce, tagLength: expected.length });
  return timingSafeEqual(tag, expected);
}

/** Whether the hash was made at another cost than today's; hash again at the next sign-in. */
export function isPasswordHashOutdated(stored: string): boolean {
  return !stored.startsWith(`$argon2id$v=${VERSION}$m=${COST.memory},t=${COST.passes},p=${COST.parallelism}$`);
}

function unpadded(bytes: Buffer): string {
  return bytes.toString('base64').replaceAll('=', '');
}
