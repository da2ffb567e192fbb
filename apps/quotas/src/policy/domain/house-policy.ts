import type { DayCut } from '@jinku/calendar';
import { defineRefusals, RefusalKind, type Refusal } from '@jinku/errors';

/** What the net of a session moves at settlement. */
export const SettlementTarget = { CENTRAL_RESERVE: 'CENTRAL_RESERVE', VIRTUAL: 'VIRTUAL' } as const;
export type SettlementTarget = (typeof SettlementTarget)[keyof typeof SettlementTarget];

/** When the house takes a payout off its own figure of available quota. */
export const QuotaConsumedOn = { SUBMIT: 'SUBMIT', SUCCESS: 'SUCCESS' } as const;
export type QuotaConsumedOn = (typeof QuotaConsumedOn)[keyof typeof QuotaConsumedOn];

/** From when on a receipt is quota that payouts may use. */
export const ReceiptsCount = { REAL_TIME: 'REAL_TIME', SESSION_CLOSE: 'SESSION_CLOSE', SETTLED: 'SETTLED' } as const;
export type ReceiptsCount = (typeof ReceiptsCount)[keyof typeof ReceiptsCount];

/** What the settlement of a session does to the mapped quota. */
export const SettlementEffectOnMapping = {
  /** Whatever the house's next figure says. */
  AS_NOTIFIED: 'AS_NOTIFIED',
  /** The net goes into the mapping, and the session's consumption and receipts leave the books. */
  ROLL_NET_INTO_MAPPED: 'ROLL_NET_INTO_MAPPED',
  /** The mapping stands, and may be used anew: the buffer bears the net. */
  RESET_TO_MAPPED: 'RESET_TO_MAPPED',
} as const;
export type SettlementEffectOnMapping = (typeof SettlementEffectOnMapping)[keyof typeof SettlementEffectOnMapping];

/** What merchant settlements are paid from: mapped quota, or the balance of the virtual account, which then bears them at once. */
export const MerchantSettlementDraws = { QUOTA: 'QUOTA', VIRTUAL: 'VIRTUAL' } as const;
export type MerchantSettlementDraws = (typeof MerchantSettlementDraws)[keyof typeof MerchantSettlementDraws];

/** The open points of one clearing house's rail, as dated policy. */
export interface HousePolicy {
  readonly settlementTarget: SettlementTarget;
  readonly quotaConsumedOn: QuotaConsumedOn;
  readonly receiptsCount: ReceiptsCount;
  readonly settlementEffectOnMapping: SettlementEffectOnMapping;
  readonly merchantSettlementDraws: MerchantSettlementDraws;
  readonly dayCut: DayCut;
}

export const HOUSE_POLICY_REFUSALS = defineRefusals({
  POLICY_NEEDS_REPATRIATE: {
    kind: RefusalKind.RULE,
    sentence: 'Settlement to the virtual account needs the means REPATRIATE, which is not built yet: the money could not come back to the central reserve.',
  },
  POLICY_NEEDS_VIRTUAL_POSITION: {
    kind: RefusalKind.RULE,
    sentence: 'Merchant settlements that draw the virtual account need its position and PREFUND, which are not built yet.',
  },
});

/** Why this version cannot work under a policy, by name: the arithmetic is complete, but a means that the policy needs is missing. `at` is where the policy stands in what was proposed. */
export function missingMeansOf(policy: HousePolicy, at = 'policy'): (() => Refusal) | null {
  if (policy.settlementTarget === 'VIRTUAL') return () => HOUSE_POLICY_REFUSALS.POLICY_NEEDS_REPATRIATE({ violations: [{ field: `${at}.settlementTarget`, rule: 'is CENTRAL_RESERVE' }] });
  if (policy.merchantSettlementDraws === 'VIRTUAL') {
    return () => HOUSE_POLICY_REFUSALS.POLICY_NEEDS_VIRTUAL_POSITION({ violations: [{ field: `${at}.merchantSettlementDraws`, rule: 'is QUOTA' }] });
  }
  return null;
}
