import { randomUUID } from 'node:crypto';
import { PayeeCategory, type PayoutRequest } from '@jinku/contracts';

/** A request that nothing is wrong with, of a merchant and line of the example; what a scenario does not name is of no matter to it. */
export function aRequest({ accountNumber = '6222020200012345678', ...changes }: Partial<PayoutRequest> & { readonly accountNumber?: string } = {}): PayoutRequest {
  return {
    requestId: `SCN-${randomUUID()}`,
    merchantId: 'M10001',
    businessLine: 'WITHDRAWAL',
    amount: '88.00',
    currency: 'CNY',
    payee: { accountNumber, accountName: '王小明', bankCode: '102100099996' },
    payeeCategory: PayeeCategory.CLIENT_DESIGNATED,
    instructionReference: 'INS-SCENARIO',
    purpose: '提现',
    ...changes,
  };
}
