import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { amount, businessDateText, instantText } from '../shapes.ts';
import { Topic } from '../topics.ts';

/** Rule R4: fees leave client money only up to what is on record here. A total since the first accrual, never a difference. */
export const reportFeeAccrualV1 = defineMessage({
  name: 'settlement.report-fee-accrual.v1',
  topic: Topic.FEE_ACCRUALS,
  audience: 'PUBLIC',
  sentence: 'The settlement service tells how much fee income was accrued in all, up to and with one business date.',
  key: () => 'fee-accrual',
  schema: z.strictObject({
    businessDate: businessDateText,
    /** Grows with every report; an older one is ignored. */
    sequence: z.int().positive(),
    accruedTotal: amount,
    asOf: instantText,
  }),
  example: { businessDate: '2026-11-20', sequence: 3, accruedTotal: '182345.67', asOf: '2026-11-20T16:05:00.000Z' },
});
export type ReportFeeAccrualV1 = PayloadOf<typeof reportFeeAccrualV1>;
