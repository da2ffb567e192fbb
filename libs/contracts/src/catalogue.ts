import { accountClosingClearedV1 } from './accounts/account-closing-cleared.v1.ts';
import { accountDescribedV1 } from './accounts/account-described.v1.ts';
import { accountOpenedV1 } from './accounts/account-opened.v1.ts';
import { accountRenamedV1 } from './accounts/account-renamed.v1.ts';
import { accountStateChangedV1 } from './accounts/account-state-changed.v1.ts';
import { entriesRecognisedV1 } from './audit/entries-recognised.v1.ts';
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
import { positionObservedV1 } from './quotas/position-observed.v1.ts';
import { quotaObservedV1 } from './quotas/quota-observed.v1.ts';
import { receiptsCountedV1 } from './quotas/receipts-counted.v1.ts';
import { sessionAdvancedV1 } from './quotas/session-advanced.v1.ts';
import { reportClientObligationsV1 } from './settlement/report-client-obligations.v1.ts';
import { reportCollectionsV1 } from './settlement/report-collections.v1.ts';
import { reportFeeAccrualV1 } from './settlement/report-fee-accrual.v1.ts';
import { requestPayoutsV1 } from './settlement/request-payouts.v1.ts';
import { transferGrantUsageReportedV1 } from './transfers/grant-usage-reported.v1.ts';
import { legSettledV1 } from './transfers/leg-settled.v1.ts';

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
  accountDescribedV1,
  entriesRecognisedV1,
  positionObservedV1,
  receiptsCountedV1,
  sessionAdvancedV1,
  reportCollectionsV1,
  reportFeeAccrualV1,
  reportClientObligationsV1,
  transferGrantUsageReportedV1,
  legSettledV1,
] as unknown as readonly MessageContract<never>[];
