import type { KnownAccount } from '../account/domain/known-account.ts';

/** A usable prepaid-card account at bank alpha. */
export function aKnownAccount(given: Partial<KnownAccount> = {}): KnownAccount {
  return {
    id: '01993c1e-0000-7000-8000-0000000000c2',
    version: 1,
    accountClass: 'CLIENT_FUND',
    subtype: 'PREPAID_CARD',
    owner: 'CLIENT',
    name: '预付卡备付金账户',
    state: 'ACTIVE',
    isUsable: true,
    isFiled: false,
    accountNumber: '6214830100000002',
    accountName: '金库支付有限公司客户备付金',
    bankCode: '102100099996',
    connectorType: 'BANK_ALPHA',
    ...given,
  };
}
