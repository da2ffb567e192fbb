/** Every topic. The key of a message picks the partition. */
export const Topic = {
  PAYOUT_REQUESTS: 'settlement.payout-requests',
  PAYOUT_RESULTS: 'jinku.payout-results',
  COLLECTIONS: 'settlement.collections',
  FEE_ACCRUALS: 'settlement.fee-accruals',
  CLIENT_OBLIGATIONS: 'settlement.client-obligations',
  PAYOUT_EVENTS: 'jinku.payouts.events',
  /** Apart from the events, which are a hundred times as many: who hands out quota need not read them all. */
  GRANT_USAGE: 'jinku.payouts.grant-usage',
  QUOTA_EVENTS: 'jinku.quotas.events',
  TRANSFER_EVENTS: 'jinku.transfers.events',
  AUDIT_EVENTS: 'jinku.audit.events',
  ACCOUNT_EVENTS: 'jinku.accounts.events',
  LEDGER_EVENTS: 'jinku.ledger.events',
  GATEWAY_EVENTS: 'jinku.gateway.events',
} as const;
export type Topic = (typeof Topic)[keyof typeof Topic];

/** Those that carry each payment of a client. */
const BUSIEST: readonly string[] = [Topic.PAYOUT_REQUESTS, Topic.PAYOUT_RESULTS, Topic.PAYOUT_EVENTS, Topic.COLLECTIONS];

/** How many processes of one service can share the topic; no more than that, for a broker that was killed recovers each partition by itself. */
export function partitionsOf(topic: string): number {
  return BUSIEST.includes(topic) ? 8 : 4;
}
