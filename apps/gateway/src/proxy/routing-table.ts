import { Upstream } from '../config.ts';

/** Every service has this noun, the gateway too: the name of the service stands after it. */
const SHARED_NOUN = 'parked-messages';

/** Who owns what stands after /v1/. What is not here is the gateway's own, or nowhere. */
export const ROUTING_TABLE = {
  payouts: Upstream.PAYOUTS,
  merchants: Upstream.PAYOUTS,
  'business-lines': Upstream.PAYOUTS,
  'payee-banks': Upstream.PAYOUTS,
  routes: Upstream.PAYOUTS,
  dispatch: Upstream.PAYOUTS,
  quotas: Upstream.QUOTAS,
  grants: Upstream.QUOTAS,
  positions: Upstream.QUOTAS,
  accounts: Upstream.ACCOUNTS,
  audit: Upstream.AUDIT,
  'connector-types': Upstream.ACCOUNTS,
  transfers: Upstream.TRANSFERS,
  'transfer-rules': Upstream.TRANSFERS,
  'internal-accounts': Upstream.LEDGER,
  'journal-entries': Upstream.LEDGER,
  'trial-balance': Upstream.LEDGER,
  'in-transit': Upstream.LEDGER,
  'control-check': Upstream.LEDGER,
  'chain-check': Upstream.LEDGER,
  'balance-monitors': Upstream.LEDGER,
  'pending-entries': Upstream.LEDGER,
  'posting-rules': Upstream.LEDGER,
  'parked-messages/accounts': Upstream.ACCOUNTS,
  'parked-messages/audit': Upstream.AUDIT,
  'parked-messages/ledger': Upstream.LEDGER,
  'parked-messages/quotas': Upstream.QUOTAS,
  'parked-messages/payouts': Upstream.PAYOUTS,
  'parked-messages/transfers': Upstream.TRANSFERS,
} as const satisfies Record<string, Upstream>;

/** The owner of a path such as `/v1/payouts/{id}`, or null when no service behind the gateway owns it. */
export function ownerOf(path: string): Upstream | null {
  const [, version, noun, owner] = path.split('/');
  const segment = noun === SHARED_NOUN ? `${noun}/${owner}` : noun;
  if (version !== 'v1' || segment === undefined || !Object.hasOwn(ROUTING_TABLE, segment)) return null;
  return ROUTING_TABLE[segment as keyof typeof ROUTING_TABLE];
}
