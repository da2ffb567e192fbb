import { z } from 'zod';

const title = z.string().min(1).max(40);

/** Where a bank puts what, as data: titles of columns, and labels of the block above them whose value stands in the next cell. */
export const columnMapping = z.strictObject({
  encoding: z.enum(['gb18030', 'utf-8']),
  header: z.strictObject({
    accountNumber: title,
    opening: title,
    closing: title,
    debitTotal: title.optional(),
    creditTotal: title.optional(),
    businessDate: title.optional(),
    entryCount: title.optional(),
  }),
  columns: z.strictObject({
    date: title,
    /** What left the account. */
    debit: title,
    /** What came in. */
    credit: title,
    bankReference: title,
    balance: title.optional(),
    counterpartyNumber: title.optional(),
    counterpartyName: title.optional(),
    purpose: title.optional(),
    reference: title.optional(),
  }),
  /** Finds the payer's reference inside the purpose where the bank has no column for it: the first match of letters and digits of this length. */
  referenceLength: z.int().min(8).max(64).optional(),
  /** The first word of the purpose is the kind of the entry, where it is in capitals. */
  isCodeInPurpose: z.boolean().default(false),
});
export type ColumnMapping = z.output<typeof columnMapping>;
