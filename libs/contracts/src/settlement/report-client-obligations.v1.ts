import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { amount, businessDateText, instantText } from '../shapes.ts';
import { Topic } from '../topics.ts';

/** Identity I6: client money covers what clients are owed. The settlement service's books of clients are not ours, so the total is independent of what we book. */
export const reportClientObligationsV1 = defineMessage({
  name: 'settlement.report-client-obligations.v1',
  topic: Topic.CLIENT_OBLIGATIONS,
  audience: 'PUBLIC',
  sentence: 'The settlement service tells what it owed to all clients together at the end of one business date, with what houses clear on that date or earlier and nothing of a later clearing date.',
  key: (message) => message.businessDate,
  schema: z.strictObject({
    businessDate: businessDateText,
    /** Grows with every report of the same business date; an older one is ignored. */
    sequence: z.int().positive(),
    /** What clients have with the institution, what they have asked to be paid out and was not paid yet among it. */
    obligationsTotal: amount,
    asOf: instantText,
  }),
  example: { businessDate: '2026-11-20', sequence: 1, obligationsTotal: '8912345678.90', asOf: '2026-11-20T16:05:00.000Z' },
});
export type ReportClientObligationsV1 = PayloadOf<typeof reportClientObligationsV1>;
