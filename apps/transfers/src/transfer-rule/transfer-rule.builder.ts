import type { TransferRuleContent } from './domain/transfer-rule.ts';

export const PREPAID_ID = '01993c1e-0000-7000-8000-0000000000c2';
export const RESERVE_ID = '01993c1e-0000-7000-8000-0000000000c1';

/** The prepaid-card account is swept to the reserve at 1,000.00 and keeps 200.00. */
export function aRuleContent(given: Partial<TransferRuleContent> = {}): TransferRuleContent {
  return {
    name: '预付卡上划',
    payerAccountId: PREPAID_ID,
    payeeAccountId: RESERVE_ID,
    purpose: 'SWEEP_UP',
    means: null,
    reference: 'PREPAID-SWEEP',
    trigger: { kind: 'THRESHOLD', payerCeiling: '1000.00' },
    amount: { mode: 'ABOVE_RETAINED' },
    retainAmount: '200.00',
    minimum: null,
    maximum: null,
    roundingUnit: null,
    dailyCap: null,
    effectiveFrom: '2026-11-01',
    effectiveUntil: null,
    isOn: true,
    ...given,
  };
}
