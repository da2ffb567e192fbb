export { AdaptiveConcurrency } from './adaptive-concurrency.ts';
export type { ConcurrencyPolicy } from './adaptive-concurrency.ts';
<<<<<<< HEAD
export type { BalanceRail, BalanceReading } from './balance-rail.ts';
export type { AccountMovement, MovementPage, MovementRail, MovementTotals } from './movement-rail.ts';
=======
export type { AccountMovement, MovementPage, MovementRail } from './movement-rail.ts';
>>>>>>> transfers
export { NETSUNION_NOTICE_PATH, netsUnionNotices, netsUnionRail } from './netsunion/netsunion-configuration.ts';
export { NetsUnionNotices } from './netsunion/netsunion-notice.ts';
export { NetsUnionRail } from './netsunion/netsunion-rail.ts';
export type { NetsUnionOptions } from './netsunion/netsunion-rail.ts';
export { isDefinitelyNotExecuted, needsInquiry, OutcomeClass, stopsConnector } from './outcome-class.ts';
export { AnswerDetail } from './payout-rail.ts';
export type { CallLimits, PayoutInstruction, PayoutRail, QuotaReading, RailAnswer } from './payout-rail.ts';
export type { QuotaAdjustmentInstruction, QuotaRail } from './quota-rail.ts';
export { BudgetKind, RailBudget, railBudgetTableSql, setRailAllowance } from './rail-budget.ts';
export type { BudgetAllowance } from './rail-budget.ts';
export { RailMessageLog, railMessageLogTablesSql, verifyRailMessageChain } from './rail-message-log.ts';
export type { ChainVerdict, RailMessage } from './rail-message-log.ts';
export { RailNotices } from './rail-notice.ts';
export type { NoticeFault, NoticeKind, NoticeVerification, RailNotice, RailNoticesOptions, ReserveMovement } from './rail-notice.ts';
export { noticesOf, railsOf } from './rails-of.ts';
export { formatSerialNumber } from './serial-number.ts';
export type { SerialNumberFormat } from './serial-number.ts';
<<<<<<< HEAD
export { SerialNumberBlocks, serialNumberTableSql } from './serial-number-blocks.ts';
export { PayoutFileBroken, RailSessionState } from './session-rail.ts';
export type { PayoutFileLine, PayoutFileReading, RailSession, SessionRail, SessionReading } from './session-rail.ts';
export type { StatementFetch, StatementRail } from './statement-rail.ts';
export type { TransferInstruction, TransferRail } from './transfer-rail.ts';
export { UNIONPAY_NOTICE_PATH, unionPayNotices, unionPayRail } from './unionpay/unionpay-configuration.ts';
export { UnionPayNotices } from './unionpay/unionpay-notice.ts';
export { UnionPayRail } from './unionpay/unionpay-rail.ts';
=======
export type { TransferInstruction, TransferRail } from './transfer-rail.ts';
>>>>>>> transfers
