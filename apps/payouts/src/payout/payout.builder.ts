import { PayeeCategory, type PayoutRequest } from '@jinku/contracts';

let count = 0;

/** A request that every rule admits; say only what matters. */
export function aRequest(change: Partial<PayoutRequest> = {}): PayoutRequest {
  count += 1;
  return {
    requestId: `REQ-${process.pid}-${String(count).padStart(6, '0')}`,
    merchantId: 'M10001',
    businessLine: 'SETTLEMENT',
    amount: '100.00',
    currency: 'CNY',
    payee: { accountNumber: '6222020200012345678', accountName: '杭州云上商贸有限公司', bankCode: '102100099996' },
    payeeCategory: PayeeCategory.CLIENT_DESIGNATED,
    instructionReference: 'INS-20261121-0001',
    purpose: '商户结算款',
    ...change,
  };
}
