import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { amount, businessDateText, clearingHouse, ClearingHouse, instantText } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const railNoticeReceivedV1 = defineMessage({
  name: 'gateway.rail-notice-received.v1',
  topic: Topic.GATEWAY_EVENTS,
  audience: 'INTERNAL',
  sentence: 'A rail\'s notice was verified and stored; what it says is told to the service that owns the serial number.',
  key: (message) => message.serialNumber,
  schema: z.object({
    noticeId: z.string(),
    clearingHouse,
    kind: z.enum(['PAYOUT_RESULT', 'PAYOUT_RETURNED', 'QUOTA_ADJUSTED', 'QUOTA_CHANGED', 'RESERVE_MOVED', 'SESSION_RESULT']),
    /**
     * The serial number of the instruction; for `QUOTA_CHANGED` the clearing house's name, for `RESERVE_MOVED` the movement's own number, for
     * `SESSION_RESULT` the house's name and clearing date.
     */
    serialNumber: z.string(),
    outcome: z.enum(['SUCCEEDED', 'FAILED', 'RETURNED', 'UNKNOWN']).optional(),
    code: z.string().optional(),
    amount: amount.optional(),
    clearingDate: businessDateText.optional(),
    railReference: z.string().optional(),
    /** With `RESERVE_MOVED` only: what happened to the central reserve account. */
    reserve: z
      .object({ direction: z.enum(['CREDIT', 'DEBIT']), balanceAfter: amount, payerReference: z.string().optional(), purpose: z.string().optional() })
      .optional(),
    occurredAt: instantText,
  }),
  example: {
    noticeId: 'N-0001',
    clearingHouse: ClearingHouse.NETSUNION,
    kind: 'PAYOUT_RESULT' as const,
    serialNumber: 'JINKU001202611210000000001',
    outcome: 'SUCCEEDED' as const,
    code: '0000',
    amount: '1234.56',
    clearingDate: '2026-11-21',
    railReference: 'NU202611210000000001',
    occurredAt: '2026-11-21T02:00:30.000Z',
  },
});
export type RailNoticeReceivedV1 = PayloadOf<typeof railNoticeReceivedV1>;
