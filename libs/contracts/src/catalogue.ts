import { accountClosingClearedV1 } from './accounts/account-closing-cleared.v1.ts';
import { accountOpenedV1 } from './accounts/account-opened.v1.ts';
import { accountRenamedV1 } from './accounts/account-renamed.v1.ts';
import { accountStateChangedV1 } from './accounts/account-state-changed.v1.ts';
import type { MessageContract } from './define-message.ts';
import { railNoticeReceivedV1 } from './gateway/rail-notice-received.v1.ts';
import { balanceThresholdCrossedV1 } from './ledger/balance-threshold-crossed.v1.ts';
import { internalAccountLinkedV1 } from './ledger/internal-account-linked.v1.ts';
import { attemptsConcludedV1 } from './payouts/attempts-concluded.v1.ts';
import { grantUsageReportedV1 } from './payouts/grant-usage-reported.v1.ts';
import { payoutResultsReportedV1 } from './payouts/payout-results-reported.v1.ts';
import { payoutsDispatchedV1 } from './payouts/payouts-dispatched.v1.ts';
import { payoutsReturnedV1 } from './payouts/payouts-returned.v1.ts';
import { grantSetV1 } from './quotas/grant-set.v1.ts';
import { quotaObservedV1 } from './quotas/quota-observed.v1.ts';
import { requestPayoutsV1 } from './settlement/request-payouts.v1.ts';

/** Every message of the system, in the order of the documents. */
export const CATALOGUE: readonly MessageContract<never>[] = [
  requestPayoutsV1,
  payoutResultsReportedV1,
  payoutsDispatchedV1,
  attemptsConcludedV1,
  payoutsReturnedV1,
  grantUsageReportedV1,
  grantSetV1,
  quotaObservedV1,
  accountOpenedV1,
  accountRenamedV1,
  accountStateChangedV1,
  accountClosingClearedV1,
  internalAccountLinkedV1,
  balanceThresholdCrossedV1,
  railNoticeReceivedV1,
] as unknown as readonly MessageContract<never>[];
