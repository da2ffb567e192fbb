import { netsUnionNotices, netsUnionRail } from './netsunion/netsunion-configuration.ts';
import type { PayoutRail } from './payout-rail.ts';
import type { QuotaRail } from './quota-rail.ts';
import type { Environment } from './rail-keys.ts';
import type { RailNotices } from './rail-notice.ts';
import type { SessionRail } from './session-rail.ts';
import { unionPayNotices, unionPayRail } from './unionpay/unionpay-configuration.ts';

/**
 * The clearing houses this installation is configured for: NetsUnion, and UnionPay when JINKU_UNIONPAY_URL is set. `connections` is how many requests each
 * may have in flight.
 */
export function railsOf(environment: Environment, keysDir: string, limits: { readonly connections?: number } = {}): readonly (PayoutRail & QuotaRail & SessionRail)[] {
  const netsUnion = netsUnionRail(environment, keysDir, limits);
  return environment['JINKU_UNIONPAY_URL'] === undefined ? [netsUnion] : [netsUnion, unionPayRail(environment, keysDir, limits)];
}

/** The doors for the notices of the same houses. */
export function noticesOf(environment: Environment, keysDir: string): readonly RailNotices[] {
  const netsUnion = netsUnionNotices(environment, keysDir);
  return environment['JINKU_UNIONPAY_URL'] === undefined ? [netsUnion] : [netsUnion, unionPayNotices(environment, keysDir)];
}
