import { ApprovalState } from '@jinku/approvals';
import { AttemptConclusion } from '@jinku/contracts';
import { z } from 'zod';
import { ReturnFault, ReturnState } from '../domain/payout-return.ts';

const nullableText = z.string().nullable();
const nullableInstant = z.iso.datetime().nullable();

const inquiryView = z.object({ number: z.int(), outcome: z.string(), code: nullableText, detail: z.string(), askedAt: z.iso.datetime() });

export const attemptList = z.object({
  items: z.array(
    z.object({
      number: z.int(),
      route: z.string(),
      routeReason: nullableText,
      serialNumber: z.string(),
      amount: z.string(),
      committedAt: z.iso.datetime(),
      validUntil: z.iso.datetime(),
      outcome: nullableText,
      conclusion: nullableText,
      concludedBy: nullableText,
      code: nullableText,
      railReference: nullableText,
      clearingDate: nullableText,
      concludedAt: nullableInstant,
      inquireAt: nullableInstant,
      inquiries: z.array(inquiryView),
    }),
  ),
});

export const resolutionList = z.object({
  items: z.array(
    z.object({
      resolutionId: z.uuid(),
      payoutId: z.uuid(),
      serialNumber: z.string(),
      conclusion: z.enum(AttemptConclusion),
      evidence: z.string(),
      reason: z.string(),
      state: z.enum({ ...ApprovalState, OVERTAKEN: 'OVERTAKEN' }),
      proposedBy: z.string(),
      proposedAt: z.iso.datetime(),
      expiresAt: z.iso.datetime(),
      decidedBy: nullableText,
      note: nullableText,
      decidedAt: nullableInstant,
    }),
  ),
});

export const proposalAnswer = z.object({ resolutionId: z.uuid() });

export const decisionAnswer = z.object({ resolutionId: z.uuid(), state: z.enum(ApprovalState) });

export const returnList = z.object({
  items: z.array(
    z.object({
      returnId: z.string(),
      payoutId: z.uuid().nullable(),
      serialNumber: z.string(),
      amount: z.string(),
      state: z.enum(ReturnState),
      fault: z.enum(ReturnFault).nullable(),
      clearingDate: nullableText,
      railReference: nullableText,
      occurredAt: z.iso.datetime(),
      toldAt: z.iso.datetime(),
    }),
  ),
});

export const conflictPage = z.object({
  items: z.array(
    z.object({
      id: z.uuid(),
      serialNumber: z.string(),
      payoutId: z.uuid().nullable(),
      source: z.string(),
      toldOutcome: z.string(),
      toldAmount: nullableText,
      recordedConclusion: nullableText,
      recordedAmount: nullableText,
      noticedAt: z.iso.datetime(),
    }),
  ),
  next: nullableText,
});
