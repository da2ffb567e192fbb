import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { businessDateText, clearingHouse, instantText, positiveAmount } from '../shapes.ts';
import { Topic } from '../topics.ts';

/** What became definite about the money of a leg. */
export const LegEffect = {
  /** Left the payer's account: in transit from now on. */
  SENT: 'SENT',
  /** Reached the payee's account out of transit. */
  ARRIVED: 'ARRIVED',
  /** A clearing house paid it from central reserve money to the payee's account (F3, F4). */
  PAID_BY_HOUSE: 'PAID_BY_HOUSE',
  /** Came back to the payer's account out of transit. */
  CAME_BACK: 'CAME_BACK',
} as const;
export type LegEffect = (typeof LegEffect)[keyof typeof LegEffect];

export const TransferPurpose = {
  SWEEP_UP: 'SWEEP_UP',
  FUND_DOWN: 'FUND_DOWN',
  FEE_INCOME_TRANSFER: 'FEE_INCOME_TRANSFER',
} as const;
export type TransferPurpose = (typeof TransferPurpose)[keyof typeof TransferPurpose];

export const legSettledV1 = defineMessage({
  name: 'transfers.leg-settled.v1',
  topic: Topic.TRANSFER_EVENTS,
  audience: 'INTERNAL',
  sentence: 'A leg of a transfer order definitely moved money; told in the transaction that records it, once per leg and effect.',
  key: (message) => message.orderId,
  schema: z.object({
    /** Names the effect for ever: one per leg and effect. */
    movementId: z.uuid(),
    orderId: z.uuid(),
    legNumber: z.int().positive(),
    effect: z.enum(LegEffect),
    /** Whose account it left, came back to (`SENT`, `CAME_BACK`) or reached (`ARRIVED`, `PAID_BY_HOUSE`). */
    accountId: z.uuid(),
    /** With `PAID_BY_HOUSE` only. */
    clearingHouse: clearingHouse.optional(),
    amount: positiveAmount,
    purpose: z.enum(TransferPurpose),
    /** The number under which the rail knows the leg. */
    serialNumber: z.string(),
    valueDate: businessDateText,
    settledAt: instantText,
  }),
  example: {
    movementId: '01993c1e-0000-7000-8000-0000000000e1',
    orderId: '01993c1e-0000-7000-8000-0000000000e0',
    legNumber: 1,
    effect: LegEffect.SENT,
    accountId: '01993c1e-0000-7000-8000-0000000000c2',
    amount: '250000.00',
    purpose: TransferPurpose.SWEEP_UP,
    serialNumber: 'JINKU001202611210200000001',
    valueDate: '2026-11-21',
    settledAt: '2026-11-21T02:10:00.000Z',
  },
});
export type LegSettledV1 = PayloadOf<typeof legSettledV1>;
