import { z } from 'zod';
import { defineMessage, type PayloadOf } from '../define-message.ts';
import { PayeeCategory, PAYOUTS_PER_MESSAGE_MAX, payoutRequest } from '../shapes.ts';
import { Topic } from '../topics.ts';

/** The envelope is checked strictly, each request on its own: one bad request is rejected without hurting the others of its message. */
export const requestPayoutsV1 = defineMessage({
  name: 'settlement.request-payouts.v1',
  topic: Topic.PAYOUT_REQUESTS,
  audience: 'PUBLIC',
  sentence: 'A client of the treasury asks for payouts; each is answered by a result under its request id.',
  key: (message) => message.messageKey,
  schema: z.strictObject({
    /** What keeps the order of the client's messages, such as a merchant id. */
    messageKey: z.string().min(1).max(64),
    requests: z.array(payoutRequest).min(1).max(PAYOUTS_PER_MESSAGE_MAX),
  }),
  example: {
    messageKey: 'M10001',
    requests: [
      {
        requestId: 'STL-20261121-000001',
        merchantId: 'M10001',
        businessLine: 'SETTLEMENT',
        amount: '1234.56',
        currency: 'CNY' as const,
        payee: { accountNumber: '6222020200012345678', accountName: '杭州云上商贸有限公司', bankCode: '102100099996' },
        payeeCategory: PayeeCategory.CLIENT_DESIGNATED,
        instructionReference: 'INS-20261121-0001',
        purpose: '商户结算款',
      },
    ],
  },
});
export type RequestPayoutsV1 = PayloadOf<typeof requestPayoutsV1>;
