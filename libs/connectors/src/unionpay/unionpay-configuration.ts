import { systemClock } from '@jinku/calendar';

import { exchangeOptions, houseVerifier, type Environment, type RailPlace } from '../rail-keys.ts';
import { UnionPayNotices } from './unionpay-notice.ts';
import { UnionPayRail } from './unionpay-rail.ts';

/** The path of our door for notices, as it is registered at the house. */
export const UNIONPAY_NOTICE_PATH = '/notices/unionpay';

const PLACE: RailPlace = { url: 'JINKU_UNIONPAY_URL', folder: 'unionpay' };
const CONNECTIONS_MAX = 128;

/** UnionPay as JINKU_UNIONPAY_URL, JINKU_SIGNER and the key files say. */
export function unionPayRail(
  environment: Environment,
  keysDir: string,
  { connections = CONNECTIONS_MAX }: { readonly connections?: number } = {},
): UnionPayRail {
  return new UnionPayRail(exchangeOptions(environment, keysDir, { place: PLACE, connections }));
}

/** The notices' door of the gateway. */
export function unionPayNotices(environment: Environment, keysDir: string): UnionPayNotices {
  return new UnionPayNotices({ houseVerifiers: [houseVerifier(environment, keysDir, PLACE.folder)], clock: systemClock, path: UNIONPAY_NOTICE_PATH });
}
