import { AccountClass, LegEffect, TransferPurpose } from '@jinku/contracts';
import { positiveAmountText } from '@jinku/money';
import { pageFields } from '@jinku/service';
import { z } from 'zod';
import { Purpose, TransferMeans } from '../domain/allowed-transfers.ts';
import { TransferLegState } from '../domain/transfer-leg-state.ts';
import { TransferOrderState } from '../domain/transfer-order-state.ts';
import { TRANSFER_SORTS } from '../queries/list-transfers.ts';

const reason = z.string().trim().min(1, 'is not empty').max(200, 'has at most 200 characters');
const instant = z.iso.datetime();

export const transferId = z.uuid();
export const transferBody = z.strictObject({
  payerAccountId: z.uuid(),
  payeeAccountId: z.uuid(),
  amount: positiveAmountText,
  purpose: z.enum(Purpose),
  means: z.enum(TransferMeans).optional(),
  /** Rule R2: what it is for, as both sides will read it. */
  reference: z.string().trim().min(1, 'is not empty').max(64, 'has at most 64 characters'),
  reason,
});
export const reasonBody = z.strictObject({ reason });
export const transferQuery = z.strictObject({
  ...pageFields,
  state: z.enum(TransferOrderState).optional(),
  purpose: z.enum(TransferPurpose).optional(),
  payerAccountId: z.uuid().optional(),
  payeeAccountId: z.uuid().optional(),
  ruleId: z.uuid().optional(),
  businessDate: z.iso.date().optional(),
  isInTransit: z.enum(['true', 'false']).transform((text) => text === 'true').optional(),
  sort: z.enum(TRANSFER_SORTS).default('-requestedAt'),
});

const transfer = z.object({
  id: transferId,
  state: z.enum(TransferOrderState),
  legState: z.enum(TransferLegState),
  means: z.enum(TransferMeans),
  purpose: z.enum(TransferPurpose),
  reference: z.string(),
  amount: z.string(),
  inTransit: z.string(),
  payerAccountId: z.uuid(),
  payerName: z.string(),
  payeeAccountId: z.uuid(),
  payeeName: z.string(),
  payeeCategory: z.string().nullable(),
  ruleId: z.uuid().nullable(),
  ruleVersion: z.int().nullable(),
  requestedBy: z.string(),
  reason: z.string(),
  businessDate: z.iso.date(),
  requestedAt: instant,
  approvalId: z.uuid().nullable(),
  stoppedBecause: z.string().nullable(),
  endedAt: instant.nullable(),
});

export const transferPage = z.object({ items: z.array(transfer), next: z.uuid().nullable() });
export const transferMoved = z.object({ id: transferId, state: z.enum(TransferOrderState) });
export const transferWithHistory = transfer.extend({
  legs: z.array(z.object({ legNumber: z.int(), state: z.enum(TransferLegState), amount: z.string() })),
  instructions: z.array(
    z.object({
      serialNumber: z.string(),
      legNumber: z.int(),
      instructedAt: instant,
      validUntil: instant,
      inquiries: z.int(),
      code: z.string().nullable(),
      railReference: z.string().nullable(),
      conclusion: z.string().nullable(),
    }),
  ),
  movements: z.array(
    z.object({ movementId: z.uuid(), legNumber: z.int(), effect: z.enum(LegEffect), accountId: z.uuid(), amount: z.string(), valueDate: z.iso.date(), settledAt: instant }),
  ),
  events: z.array(
    z.object({
      of: z.enum(['ORDER', 'LEG']),
      state: z.string(),
      source: z.string(),
      outcome: z.string().nullable(),
      code: z.string().nullable(),
      personId: z.string().nullable(),
      reason: z.string().nullable(),
      recordedAt: instant,
    }),
  ),
  decisions: z.array(z.object({ number: z.int(), event: z.string(), personId: z.string().nullable(), decidedAt: instant })),
});
export const allowedTransfers = z.object({
  items: z.array(
    z.object({ payer: z.enum(AccountClass), payee: z.enum(AccountClass), means: z.enum(TransferMeans), purposes: z.array(z.enum(Purpose)), isBuilt: z.boolean() }),
  ),
});
