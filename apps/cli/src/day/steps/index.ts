import type { Day, DayStep } from '../day.ts';
import type { DayFiles } from '../day-files.ts';
import { inOrder } from '../timetable.ts';
import { approveTransferRules } from './approve-transfer-rules.ts';
import { arrangeRails } from './arrange-rails.ts';
import { collectStatements } from './collect-statements.ts';
import { confirmSession, settleSessions } from './follow-sessions.ts';
import { fundDownFeeIncome } from './fund-down-fee-income.ts';
import { awaitMapping, putPolicyInForce } from './map-quota.ts';
import { openAccounts } from './open-accounts.ts';
import { postOpeningBalances } from './post-opening-balances.ts';
import { printPositionBoard } from './print-position-board.ts';
import { reconcile } from './reconcile.ts';
import { registerMerchants } from './register-merchants.ts';
import { reportFeeAccrual } from './report-fee-accrual.ts';
import { reportObligations } from './report-obligations.ts';
import { sendPayoutFile } from './send-payout-file.ts';
import { sweepAboveCeiling } from './sweep-above-ceiling.ts';

/**
 * What has to be there before the first payout. The policy comes as soon as there is a reserve to map out of, so that the houses map while the rest is
 * arranged; the rules come after the opening balances, which the first sweep is booked against.
 */
export async function openDay(day: Day): Promise<void> {
  await arrangeRails(day);
  await openAccounts(day);
  await putPolicyInForce(day);
  await Promise.all([registerMerchants(day), postOpeningBalances(day)]);
  await reportFeeAccrual(day);
  await approveTransferRules(day);
  await awaitMapping(day);
}

/** What the timetable of day.json names, in the order of its time. */
export function stepsOf({ day: { timetable } }: DayFiles): DayStep[] {
  return inOrder([
    { at: timetable.sweep, play: sweepAboveCeiling },
    { at: timetable.feeIncome, play: fundDownFeeIncome },
    { at: timetable.payoutFile, play: sendPayoutFile },
    { at: timetable.positionBoard, play: printPositionBoard },
    { at: timetable.unionpayCut, play: (day) => confirmSession(day, 'UNIONPAY') },
    { at: timetable.netsunionCut, play: (day) => confirmSession(day, 'NETSUNION') },
    { at: timetable.statements, play: collectStatements },
    { at: timetable.obligations, play: reportObligations },
    { at: timetable.reconciliation, play: reconcile },
    { at: timetable.settlement, play: settleSessions },
  ]);
}
