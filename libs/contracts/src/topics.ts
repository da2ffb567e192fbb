/** Every topic. Each has 16 partitions; the key of a message picks the partition. */
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

export const PARTITIONS_PER_TOPIC = 16;
