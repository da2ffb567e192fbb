import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parsePayeeKeys, PayeeCipher } from '@jinku/security';

/** How long a proposal waits for its second person. */
export const PROPOSAL_EXPIRES_AFTER_MS = 7 * 24 * 3_600_000;

/** How often is looked for changes whose day has come and proposals whose time is over. */
export const DUE_WORK_SWEEP_MS = 10_000;

/** Account numbers are encrypted at rest with the installation's keys for personal data. */
export function accountCipher(keysDir: string): PayeeCipher {
  return new PayeeCipher(parsePayeeKeys(readFileSync(join(keysDir, 'payee-encryption.json'), 'utf8')));
}
