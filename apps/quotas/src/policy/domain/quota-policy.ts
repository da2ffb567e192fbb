import { ClearingHouse } from '@jinku/contracts';
import { amountText, parseAmount, positiveAmountText } from '@jinku/money';
import { defineRefusals, invariant, RefusalKind } from '@jinku/errors';
import { z } from 'zod';
import {
  MerchantSettlementDraws,
  missingMeansOf,
  QuotaConsumedOn,
  ReceiptsCount,
  SettlementEffectOnMapping,
  SettlementTarget,
  type HousePolicy,
} from './house-policy.ts';

const houseTerms = z.strictObject({
  settlementTarget: z.enum(SettlementTarget),
  quotaConsumedOn: z.enum(QuotaConsumedOn),
  receiptsCount: z.enum(ReceiptsCount),
  settlementEffectOnMapping: z.enum(SettlementEffectOnMapping),
  merchantSettlementDraws: z.enum(MerchantSettlementDraws),
  dayCut: z.enum(['23:00', '00:00']),
  /** Free quota that no automatic shift takes away. */
  floor: amountText,
  /** Mapped once, out of the buffer, when the policy comes into force; `0.00` for not at all. */
  initialMapping: amountText,
});

/** The dated policy of quotas as people propose it. */
export const quotaPolicyText = z.strictObject({
  houses: z.strictObject({ UNIONPAY: houseTerms, NETSUNION: houseTerms }),
  reserveNoticesFrom: z.enum(ClearingHouse),
  /** Below it the buffer is taken by two persons only, and by no rule. */
  minimumBuffer: amountText,
  /** Most that one person shifts between the houses alone: more takes two. Absent for no limit. */
  shiftAloneMax: positiveAmountText.optional(),
  automaticShift: z.strictObject({
    isOn: z.boolean(),
    /** Between two automatic acts that serve one house; 0 for none. */
    coolDownMs: z.int().min(0).max(86_400_000),
    /** Most that rules move in one business date; absent for no cap. */
    dailyAmountMax: positiveAmountText.optional(),
  }),
});
export type QuotaPolicyText = z.output<typeof quotaPolicyText>;

export interface HouseTerms extends HousePolicy {
  readonly floor: bigint;
  readonly initialMapping: bigint;
}

export interface QuotaPolicy {
  /** 0 is what ships with the service; every approved one counts on. */
  readonly version: number;
  readonly houses: Readonly<Record<ClearingHouse, HouseTerms>>;
  readonly reserveNoticesFrom: ClearingHouse;
  readonly minimumBuffer: bigint;
  readonly shiftAloneMax: bigint | null;
  readonly automaticShift: { readonly isOn: boolean; readonly coolDownMs: number; readonly dailyAmountMax: bigint | null };
}

const SHIPPED_TERMS = {
  settlementTarget: 'CENTRAL_RESERVE',
  quotaConsumedOn: 'SUCCESS',
  receiptsCount: 'REAL_TIME',
  settlementEffectOnMapping: 'AS_NOTIFIED',
  merchantSettlementDraws: 'QUOTA',
  floor: '0.00',
  initialMapping: '0.00',
} as const;

/** In force until two persons say otherwise. */
export const SHIPPED_POLICY: QuotaPolicyText = {
  houses: { UNIONPAY: { ...SHIPPED_TERMS, dayCut: '23:00' }, NETSUNION: { ...SHIPPED_TERMS, dayCut: '00:00' } },
  reserveNoticesFrom: 'NETSUNION',
  minimumBuffer: '0.00',
  automaticShift: { isOn: true, coolDownMs: 0 },
};

export function policyOf(text: QuotaPolicyText, version: number): QuotaPolicy {
  const terms = (house: ClearingHouse): HouseTerms => {
    const { floor, initialMapping, ...policy } = text.houses[house];
    return { ...policy, floor: minorOf(floor), initialMapping: minorOf(initialMapping) };
  };
  const { isOn, coolDownMs, dailyAmountMax } = text.automaticShift;
  return {
    version,
    houses: { UNIONPAY: terms('UNIONPAY'), NETSUNION: terms('NETSUNION') },
    reserveNoticesFrom: text.reserveNoticesFrom,
    minimumBuffer: minorOf(text.minimumBuffer),
    shiftAloneMax: text.shiftAloneMax === undefined ? null : minorOf(text.shiftAloneMax),
    automaticShift: { isOn, coolDownMs, dailyAmountMax: dailyAmountMax === undefined ? null : minorOf(dailyAmountMax) },
  };
}

export const QUOTA_POLICY_REFUSALS = defineRefusals({
  POLICY_CONTRADICTS_ITSELF: { kind: RefusalKind.RULE, sentence: 'Two fields of the policy cannot both be meant: what one asks for the other forbids.' },
});

/** Throws the name of the first means that a policy needs and this version does not have, or all the fields in which it contradicts itself. */
export function refuseImpossible(text: QuotaPolicyText): void {
  for (const house of Object.values(ClearingHouse)) {
    const refusal = missingMeansOf(text.houses[house], `content.houses.${house}`);
    if (refusal !== null) throw refusal();
  }
  const violations = contradictionsOf(text);
  if (violations.length > 0) throw QUOTA_POLICY_REFUSALS.POLICY_CONTRADICTS_ITSELF({ violations });
}

/** A house that begins below its floor could never give what the floor leaves over. */
function contradictionsOf({ houses }: QuotaPolicyText): { field: string; rule: string }[] {
  return Object.values(ClearingHouse).flatMap((house) => {
    const { floor, initialMapping } = houses[house];
    if (minorOf(initialMapping) === 0n || minorOf(floor) <= minorOf(initialMapping)) return [];
    return [{ field: `content.houses.${house}.floor`, rule: `is at most what the policy maps to the house, ${initialMapping}` }];
  });
}

function minorOf(text: string): bigint {
  const minor = parseAmount(text);
  invariant(minor !== null, 'the schema has checked the amount');
  return minor;
}
