import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { amount, businessDateText, clearingHouse, ClearingHouse, instantText, signedAmount } from '../shapes.ts';
import { Topic } from '../topics.ts';

export const SessionState = {
  CLOSED: 'CLOSED',
  RESULT_RECEIVED: 'RESULT_RECEIVED',
  CONFIRMED: 'CONFIRMED',
  DISPUTED: 'DISPUTED',
  SETTLED: 'SETTLED',
} as const;
export type SessionState = (typeof SessionState)[keyof typeof SessionState];

export const sessionAdvancedV1 = defineMessage({
  name: 'quotas.session-advanced.v1',
  topic: Topic.QUOTA_EVENTS,
  audience: 'INTERNAL',
  sentence: 'A clearing session of one house went on to its next state.',
  key: (message) => `${message.clearingHouse}:${message.clearingDate}`,
  schema: z.object({
    sessionId: z.uuid(),
    clearingHouse,
    clearingDate: businessDateText,
    state: z.enum(SessionState),
    /** Gross, as the house's result says from `RESULT_RECEIVED` on, and as we expect before. */
    payouts: amount,
    returns: amount,
    receipts: amount,
    /** receipts + returns − payouts: what the settlement target gains. */
    net: signedAmount,
    /** Where the net went; with `SETTLED` only. */
    settledTo: z.enum(['CENTRAL_RESERVE', 'VIRTUAL']).optional(),
    advancedAt: instantText,
  }),
  example: {
    sessionId: '01993c1e-0000-7000-8000-0000000000f2',
    clearingHouse: ClearingHouse.NETSUNION,
    clearingDate: '2026-11-20',
    state: SessionState.CONFIRMED,
    payouts: '812345.67',
    returns: '100.00',
    receipts: '900000.00',
    net: '87754.33',
    advancedAt: '2026-11-21T02:00:00.000Z',
  },
});
export type SessionAdvancedV1 = PayloadOf<typeof sessionAdvancedV1>;
