import { systemClock } from '@jinku/calendar';

import { exchangeOptions, houseVerifier, type Environment, type RailPlace } from '../rail-keys.ts';
import { NetsUnionNotices } from './netsunion-notice.ts';
import { NetsUnionRail } from './netsunion-rail.ts';

/** The path of our door for notices, as it is registered at the house. */
export const NETSUNION_NOTICE_PATH = '/notices/netsunion';

const PLACE: RailPlace = { url: 'JINKU_NETSUNION_URL', folder: 'netsunion' };
const CONNECTIONS_MAX = 128;

/** NetsUnion as JINKU_NETSUNION_URL, JINKU_SIGNER and the key files say. */
export function netsUnionRail(
  environment: Environment,
  keysDir: string,
  { connections = CONNECTIONS_MAX }: { readonly connections?: number } = {},
): NetsUnionRail {
  return new NetsUnionRail(exchangeOptions(environment, keysDir, { place: PLACE, connections }));
}

/** The notices' door of the gateway. */
export function netsUnionNotices(environment: Environment, keysDir: string): NetsUnionNotices {
  return new NetsUnionNotices({ houseVerifiers: [houseVerifier(environment, keysDir, PLACE.folder)], clock: systemClock, path: NETSUNION_NOTICE_PATH });
}
