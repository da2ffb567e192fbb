import { positiveAmountText } from '@jinku/money';
import { z } from 'zod';

const LINES_MAX = 200;

export const id = z.uuid();
export const reference = z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/, 'is a reference: 1 to 64 letters, digits or _ . : -');
/** A description may be any words, but nothing that cuts a text or ends a line. */
export const reason = z.string().trim().min(1, 'is not empty').max(200, 'has at most 200 characters').regex(/^[^\x00-\x1f]*$/, 'holds no control characters');

/** What people say of an entry. */
export const entryFields = {
  unit: z.enum(['CNY', 'CNY.QUOTA']).default('CNY'),
  reference,
  valueDate: z.iso.date(),
  lines: z
    .array(z.strictObject({ account: z.string().max(64), side: z.enum(['DEBIT', 'CREDIT']), amount: positiveAmountText }))
    .min(2)
    .max(LINES_MAX),
};
