import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { businessDateText, instantText, signedAmount } from '../shapes.ts';
import { Topic } from '../topics.ts';

/** What a statement entry turned out to be, as far as it needs booking. What another service has booked already is only matched. */
export const RecognisedKind = {
  INTEREST: 'INTEREST',
  CHARGE: 'CHARGE',
  /** Money of a third party, or money that no rule knows: suspense until it is cleared. */
  UNKNOWN_CREDIT: 'UNKNOWN_CREDIT',
  UNKNOWN_DEBIT: 'UNKNOWN_DEBIT',
} as const;
export type RecognisedKind = (typeof RecognisedKind)[keyof typeof RecognisedKind];

export const entriesRecognisedV1 = defineMessage({
  name: 'audit.entries-recognised.v1',
  topic: Topic.AUDIT_EVENTS,
  audience: 'INTERNAL',
  sentence: 'Entries of a statement were recognised as movements that nobody has booked yet; the ledger books each once.',
  key: (message) => message.accountId,
  schema: z.object({
    accountId: z.uuid(),
    statementId: z.uuid(),
    entries: z
      .array(
        z.object({
          /** Names the entry for ever. */
          entryId: z.uuid(),
          kind: z.enum(RecognisedKind),
          /** What the account gained; below zero for what it lost. */
          amount: signedAmount,
          valueDate: businessDateText,
          bankReference: z.string(),
        }),
      )
      .min(1)
      .max(500),
    recognisedAt: instantText,
  }),
  example: {
    accountId: '01993c1e-0000-7000-8000-0000000000c2',
    statementId: '01993c1e-0000-7000-8000-000000000a01',
    entries: [
      { entryId: '01993c1e-0000-7000-8000-000000000a02', kind: RecognisedKind.CHARGE, amount: '-15.00', valueDate: '2026-11-20', bankReference: 'B202611200000012' },
    ],
    recognisedAt: '2026-11-21T01:00:00.000Z',
  },
});
export type EntriesRecognisedV1 = PayloadOf<typeof entriesRecognisedV1>;
