import { describe, expect, test } from '@jest/globals';
import { ClearingHouse } from '@jinku/contracts';
import {
  MerchantSettlementDraws,
  missingMeansOf,
  QuotaConsumedOn,
  ReceiptsCount,
  SettlementEffectOnMapping,
  SettlementTarget,
  type HousePolicy,
} from '../policy/domain/house-policy.ts';
import type { Alert } from './domain/institution-book.ts';
import { RailsModel } from './rails-model.builder.ts';
import { TreasuryModel } from './treasury-model.builder.ts';

const TODAY = '2026-11-20';
const TOMORROW = '2026-11-21';
const HOUSES = Object.values(ClearingHouse);
/** UnionPay cuts at 23:00 and NetsUnion at 00:00: what happens in between is of another date at each. */
const CUT = { UNIONPAY: '23:00', NETSUNION: '00:00' } as const;

const MISHAPS = ['lateReceipt', 'lateSuccess', 'successAfterSettlement', 'return', 'mappingShrinks', 'disputed'] as const;
type Mishap = (typeof MISHAPS)[number];

/** Which alerts a mishap may raise while it lasts; whatever else is raised fails the test. */
const MAY_RAISE: Readonly<Record<Mishap, readonly Alert[]>> = {
  lateReceipt: ['FIGURE_DIFFERS'],
  lateSuccess: ['FIGURE_DIFFERS'],
  successAfterSettlement: ['FIGURE_DIFFERS', 'RESULT_DISPUTED'],
  return: [],
  mappingShrinks: ['HOUSE_NOT_COVERED'],
  disputed: ['FIGURE_DIFFERS', 'RESULT_DISPUTED'],
};

function policies(): HousePolicy[] {
  return Object.values(SettlementTarget).flatMap((settlementTarget) =>
    Object.values(QuotaConsumedOn).flatMap((quotaConsumedOn) =>
      Object.values(ReceiptsCount).flatMap((receiptsCount) =>
        Object.values(SettlementEffectOnMapping).flatMap((settlementEffectOnMapping) =>
          Object.values(MerchantSettlementDraws).map((merchantSettlementDraws) => ({
            ...{ settlementTarget, quotaConsumedOn, receiptsCount, settlementEffectOnMapping, merchantSettlementDraws },
            dayCut: '00:00' as const,
          })),
        ),
      ),
    ),
  );
}

function subsets(): Set<Mishap>[] {
  return Array.from({ length: 2 ** MISHAPS.length }, (_, bits) => new Set(MISHAPS.filter((_mishap, at) => (bits >> at) % 2 === 1)));
}

/** One night, played against the rails' own books; every step ends with a figure of each house and the checks. */
class Night {
  readonly rails: RailsModel;
  readonly treasury: TreasuryModel;
  readonly raised = new Set<Alert>();
  #minutes = 0;

  constructor(
    readonly policy: HousePolicy,
    habit: 'ROLL' | 'RESET',
    readonly mishaps: ReadonlySet<Mishap>,
  ) {
    const mapped = { UNIONPAY: 400_000n, NETSUNION: 500_000n };
    this.rails = new RailsModel(policy, habit, 1_000_000n, mapped);
    this.treasury = new TreasuryModel(policy, 1_000_000n, mapped);
  }

  step(act: () => void): void {
    const reserveBefore = this.rails.reserve;
    const settlementsBefore = this.treasury.settlementsSeen.length;
    act();
    this.#minutes += 30;
    const asOf = new Date(Date.UTC(2026, 10, 20, 15) + this.#minutes * 60_000);
    for (const house of HOUSES) this.treasury.hearFigure(house, { mapped: this.rails.houses[house].mapped, available: this.rails.houses[house].available, asOf });
    this.#check();
    // I3: unless something was settled or brought back, the reserve stands still.
    const mayMove = this.treasury.settlementsSeen.length > settlementsBefore || this.policy.settlementTarget === 'VIRTUAL';
    if (!mayMove && this.rails.reserve !== reserveBefore) throw new Error(`the reserve moved at minute ${this.#minutes}: ${this.name()}`);
  }

  pay(house: ClearingHouse, date: string, amount: bigint, told: 'NOW' | 'LATER' = 'NOW'): void {
    this.treasury.reserveQuota(house, amount);
    this.rails.houses[house].submit(amount);
    this.rails.houses[house].succeed(date, amount);
    if (told === 'NOW') this.treasury.conclude(house, date, { amount, hasSucceeded: true });
  }

  receive(house: ClearingHouse, date: string, amount: bigint, told: 'NOW' | 'LATER' = 'NOW'): void {
    this.rails.houses[house].receive(date, amount);
    if (told === 'NOW') this.treasury.count(house, date, { receipts: amount });
  }

  settle(house: ClearingHouse, date: string): void {
    const at = new Date(Date.UTC(2026, 10, 20, 15) + this.#minutes * 60_000 + 1);
    const moved = this.rails.settle(house, date);
    this.treasury.hearSettlement(house, date, { at, moved });
    // Where the policy says what becomes of the mapping, it is known before any figure comes.
    const isKnown = this.policy.settlementEffectOnMapping !== 'AS_NOTIFIED';
    if (isKnown && this.treasury.houses[house].mapped !== this.rails.houses[house].mapped) throw new Error(`the mapping is not what the policy makes it: ${this.name()}`);
  }

  #check(): void {
    const alerts = this.treasury.alerts(this.rails.reserve);
    const allowed = new Set([...this.mishaps].flatMap((mishap) => MAY_RAISE[mishap]));
    for (const alert of alerts) {
      if (!allowed.has(alert)) throw new Error(`${alert} without a cause at minute ${this.#minutes}: ${this.name()}`);
      this.raised.add(alert);
    }
    for (const house of HOUSES) {
      const { free, bookAvailable } = this.treasury.book(house);
      const { reserved } = this.treasury.houses[house];
      // What we would still pay out, the house would pay: it never depends on whether anybody looks at alerts.
      const isOurs = free <= this.rails.houses[house].available || alerts.has('FIGURE_DIFFERS');
      if (!isOurs) throw new Error(`${house} would be overdrawn at minute ${this.#minutes}: ${this.name()}`);
      if (free !== bookAvailable - (this.policy.merchantSettlementDraws === 'QUOTA' ? reserved : 0n)) throw new Error(`${house} frees what is reserved: ${this.name()}`);
    }
  }

  name(): string {
    return JSON.stringify([this.policy, [...this.mishaps]]);
  }
}

function play(policy: HousePolicy, habit: 'ROLL' | 'RESET', mishaps: ReadonlySet<Mishap>): Night {
  const night = new Night(policy, habit, mishaps);
  const { rails, treasury } = night;
  for (const house of HOUSES) {
    night.step(() => night.pay(house, TODAY, 30_000n));
    night.step(() => night.receive(house, TODAY, 50_000n));
    night.step(() => night.pay(house, TODAY, 7_000n, mishaps.has('lateSuccess') ? 'LATER' : 'NOW'));
    night.step(() => night.pay(house, TODAY, 3_000n, mishaps.has('successAfterSettlement') ? 'LATER' : 'NOW'));
    night.step(() => night.receive(house, TODAY, 4_000n, mishaps.has('lateReceipt') ? 'LATER' : 'NOW'));
    // The house has paid something that we know nothing of, and never will.
    if (mishaps.has('disputed')) night.step(() => rails.houses[house].succeed(TODAY, 900n));
    if (mishaps.has('disputed')) night.step(() => rails.houses[house].submit(900n));
  }
  for (const house of [...HOUSES].sort((a, b) => (CUT[a] > CUT[b] ? -1 : 1))) {
    const before = { free: treasury.book(house).free, receipts: treasury.book(house).receiptsCounted };
    rails.houses[house].close(TODAY);
    night.step(() => treasury.close(house, TODAY));
    // A day cut frees nothing: only receipts that count from the close on are new.
    const after = treasury.book(house);
    if (after.free - before.free !== after.receiptsCounted - before.receipts) throw new Error(`the cut freed quota: ${night.name()}`);
    night.step(() => night.pay(house, TOMORROW, 11_000n));
    night.step(() => night.receive(house, TOMORROW, 2_000n));
  }
  for (const house of HOUSES) {
    if (mishaps.has('lateSuccess')) night.step(() => treasury.conclude(house, TODAY, { amount: 7_000n, hasSucceeded: true }));
    if (mishaps.has('lateReceipt')) night.step(() => treasury.count(house, TODAY, { receipts: 4_000n }));
    if (mishaps.has('return')) {
      night.step(() => {
        rails.houses[house].giveBack(TOMORROW, 1_500n);
        treasury.count(house, TOMORROW, { returns: 1_500n });
      });
    }
    // Work in hand, and a house that takes quota away from under it.
    night.step(() => {
      treasury.reserveQuota(house, 200_000n);
      rails.houses[house].submit(200_000n);
    });
    if (mishaps.has('mappingShrinks')) night.step(() => rails.houses[house].adjust(-250_000n));
  }
  const reserveBefore = rails.reserve;
  for (const house of HOUSES) {
    // I4: a mapping change moves nothing in the central reserve.
    night.step(() => {
      rails.houses[house].adjust(1_000n);
      treasury.adjust(house, 1_000n);
    });
  }
  expect(rails.reserve).toBe(reserveBefore);
  morning(night);
  return night;
}

/** 10:00 results, 11:00 settlement, 12:00 all that was late is known and all that was in hand has ended. */
function morning(night: Night): void {
  const { rails, treasury, mishaps, policy } = night;
  for (const house of HOUSES) {
    const { payouts, returns, receipts } = rails.houses[house].dateOf(TODAY);
    night.step(() => treasury.hearResult(house, TODAY, { payouts, returns, receipts }));
    expect(treasury.session(house, TODAY).state).toBe(mishaps.has('disputed') || mishaps.has('successAfterSettlement') ? 'DISPUTED' : 'CONFIRMED');
  }
  for (const house of HOUSES) {
    const before = rails.reserve;
    night.step(() => night.settle(house, TODAY));
    const moved = treasury.settlementsSeen.at(-1) ?? 0n;
    expect(treasury.session(house, TODAY)).toMatchObject({ state: 'SETTLED', isReflected: true });
    expect(rails.reserve - before).toBe(policy.settlementTarget === 'CENTRAL_RESERVE' ? moved : 0n);
    if (policy.settlementTarget === 'VIRTUAL') {
      rails.repatriate(house, moved);
      night.step(() => treasury.hearReserve(moved));
    }
  }
  for (const house of HOUSES) {
    if (mishaps.has('successAfterSettlement')) night.step(() => treasury.conclude(house, TODAY, { amount: 3_000n, hasSucceeded: true }));
    if (mishaps.has('mappingShrinks')) {
      night.step(() => {
        rails.houses[house].adjust(250_000n);
      });
    }
    night.step(() => {
      treasury.conclude(house, TOMORROW, { amount: 200_000n, hasSucceeded: false });
      rails.houses[house].fail(200_000n);
    });
  }
}

describe('from 23:00 to 12:00, under every combination of the dated policies and of what can go wrong', () => {
  test.each(policies().map((policy) => [Object.values(policy).join(' '), policy] as const))('%s: I1 to I4 hold at every step, or an alert says why not', (_name, policy) => {
    for (const habit of ['ROLL', 'RESET'] as const) {
      for (const mishaps of subsets()) {
        const night = play(policy, habit, mishaps);
        const left = night.treasury.alerts(night.rails.reserve);
        // By noon everything late is known: the books agree again.
        expect([...left]).toEqual([]);
        if (mishaps.size === 0) expect([...night.raised]).toEqual([]);
        if (mishaps.has('disputed')) expect([...night.raised]).toContain('RESULT_DISPUTED');
        if (mishaps.has('mappingShrinks') && policy.merchantSettlementDraws === 'QUOTA') expect([...night.raised]).toContain('HOUSE_NOT_COVERED');
      }
    }
  });

  test('policies whose means are not built are refused by their names, all others are not', () => {
    const codes = policies().map((policy) => [policy, missingMeansOf(policy)?.().code ?? null] as const);

    for (const [policy, code] of codes) {
      const expected = policy.settlementTarget === 'VIRTUAL' ? 'POLICY_NEEDS_REPATRIATE' : policy.merchantSettlementDraws === 'VIRTUAL' ? 'POLICY_NEEDS_VIRTUAL_POSITION' : null;
      expect(code).toBe(expected);
    }
    expect(codes.filter(([, code]) => code === null)).toHaveLength(18);
  });
});
