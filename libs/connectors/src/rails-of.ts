import { netsUnionRail, type Environment } from './netsunion/netsunion-configuration.ts';
import type { PayoutRail } from './payout-rail.ts';
import type { QuotaRail } from './quota-rail.ts';

/** The rails this installation is configured for: NetsUnion in this version. */
export function railsOf(environment: Environment, keysDir: string): readonly (PayoutRail & QuotaRail)[] {
  return [netsUnionRail(environment, keysDir)];
}
