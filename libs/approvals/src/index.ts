export { APPROVAL_REFUSALS, ApprovalState } from './approval.ts';
export type { Approval, Decision } from './approval.ts';
export { approvalTableSql } from './approval.migration.ts';
export { Approvals } from './approvals.ts';
export type { Proposal } from './approvals.ts';
