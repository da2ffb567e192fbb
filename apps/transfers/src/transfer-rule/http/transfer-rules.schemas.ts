import { ApprovalState } from '@jinku/approvals';
import { pageFields } from '@jinku/service';
import { z } from 'zod';
import { transferRuleContent } from '../domain/transfer-rule.ts';

const instant = z.iso.datetime();
const reason = z.string().trim().min(1, 'is not empty').max(200, 'has at most 200 characters');

export const ruleId = z.uuid();
export const newRuleBody = z.strictObject({ content: transferRuleContent, reason });
export const ruleVersionBody = z.strictObject({ basedOn: z.int().min(1), content: transferRuleContent, reason });
export const decisionBody = z.strictObject({ reason });
export const dryRunBody = z.strictObject({ content: transferRuleContent, from: z.iso.date(), to: z.iso.date() });
export const ruleQuery = z.strictObject({
  ...pageFields,
  triggerKind: z.enum(['SCHEDULE', 'THRESHOLD']).optional(),
  payerAccountId: z.uuid().optional(),
  isOn: z.enum(['true', 'false']).transform((text) => text === 'true').optional(),
  sort: z.enum(['id', '-id']).default('id'),
});
export const runQuery = z.strictObject(pageFields);
export const proposalQuery = z.strictObject({ ...pageFields, state: z.enum(ApprovalState).optional(), ruleId: z.uuid().optional() });

const rule = z.object({
  id: ruleId,
  version: z.int(),
  content: transferRuleContent,
  makerId: z.string(),
  nextDueAt: instant.nullable(),
  lastCode: z.string().nullable(),
  openOrderId: z.uuid().nullable(),
});
export const rulePage = z.object({ items: z.array(rule), next: ruleId.nullable() });
export const ruleWithVersions = rule.extend({
  versions: z.array(z.object({ version: z.int(), content: transferRuleContent, makerId: z.string(), checkerId: z.string(), reason: z.string(), inForceAt: instant })),
});
export const runPage = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      ruleVersion: z.int(),
      dueAt: instant.nullable(),
      projected: z.string().nullable(),
      decision: z.enum(['ORDERED', 'NOT_ORDERED', 'MISSED']),
      code: z.string().nullable(),
      orderId: z.uuid().nullable(),
      runAt: instant,
    }),
  ),
  next: z.uuid().nullable(),
});
export const proposalMoved = z.object({ id: z.uuid(), ruleId, state: z.enum(ApprovalState) });
const proposal = proposalMoved.extend({
  basedOn: z.int(),
  content: transferRuleContent,
  proposedBy: z.string(),
  reason: z.string(),
  proposedAt: instant,
  expiresAt: instant,
  decidedBy: z.string().nullable(),
});
export type RuleProposalView = z.output<typeof proposal>;
export const proposalPage = z.object({ items: z.array(proposal), next: z.uuid().nullable() });
export const dryRunAnswer = z.object({
  observations: z.int(),
  orders: z.int(),
  ordered: z.string(),
  isComplete: z.boolean(),
  steps: z.array(z.object({ at: instant, observed: z.string().nullable(), projected: z.string().nullable(), amount: z.string().nullable(), code: z.string().nullable() })),
});
