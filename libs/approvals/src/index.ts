export { APPROVAL_REFUSALS, ApprovalState, STEPS_MAX } from './approval.ts';
export type { Approval, Decision, RecordedDecision } from './approval.ts';
export { approvalTableSql } from './approval.migration.ts';
export { Approvals } from './approvals.ts';
export type { ApprovalFilter, Proposal } from './approvals.ts';
