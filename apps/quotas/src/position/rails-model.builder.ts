import type { ClearingHouse } from '@jinku/contracts';
import type { HousePolicy } from '../policy/domain/house-policy.ts';

interface DateTally {
  payouts: bigint;
  returns: bigint;
  receipts: bigint;
  /** Of the receipts, what stands in the house's available figure already. */
  credited: bigint;
  isClosed: boolean;
}

/** One house as it keeps its own books: running figures, moved event by event, never worked out from sessions. */
export class HouseModel {
  mapped: bigint;
  available: bigint;
  virtual = 0n;
  readonly dates = new Map<string, DateTally>();

  /** `habit`: what the house does to the mapping where the policy leaves it to the house to say. */
  constructor(
    private readonly policy: HousePolicy,
    private readonly habit: 'ROLL' | 'RESET',
    mapped: bigint,
  ) {
    this.mapped = mapped;
    this.available = mapped;
  }

  submit(amount: bigint): void {
    if (this.#isOnQuota() && this.policy.quotaConsumedOn === 'SUBMIT') this.available -= amount;
  }

  succeed(date: string, amount: bigint): void {
    this.dateOf(date).payouts += amount;
    if (!this.#isOnQuota()) this.virtual -= amount;
    else if (this.policy.quotaConsumedOn === 'SUCCESS') this.available -= amount;
  }

  fail(amount: bigint): void {
    if (this.#isOnQuota() && this.policy.quotaConsumedOn === 'SUBMIT') this.available += amount;
  }

  receive(date: string, amount: bigint): void {
    const tally = this.dateOf(date);
    tally.receipts += amount;
    const isCredited = this.policy.receiptsCount === 'REAL_TIME' || (this.policy.receiptsCount === 'SESSION_CLOSE' && tally.isClosed);
    if (isCredited) this.#credit(tally, amount);
  }

  giveBack(date: string, amount: bigint): void {
    this.dateOf(date).returns += amount;
  }

  close(date: string): void {
    const tally = this.dateOf(date);
    tally.isClosed = true;
    if (this.policy.receiptsCount === 'SESSION_CLOSE') this.#credit(tally, tally.receipts);
  }

  adjust(change: bigint): void {
    this.mapped += change;
    this.available += change;
  }

  /** The net by which the settlement target moves. */
  settle(date: string): bigint {
    const tally = this.dateOf(date);
    const onQuota = this.#isOnQuota() ? tally.payouts : 0n;
    const net = tally.receipts + tally.returns - onQuota;
    const effect = this.policy.settlementEffectOnMapping;
    const rolls = effect === 'ROLL_NET_INTO_MAPPED' || (effect === 'AS_NOTIFIED' && this.habit === 'ROLL');
    if (rolls) {
      this.mapped += net;
      this.available += tally.receipts + tally.returns - tally.credited;
    } else {
      this.available += onQuota - tally.credited;
    }
    return net;
  }

  dateOf(date: string): DateTally {
    const tally = this.dates.get(date) ?? { payouts: 0n, returns: 0n, receipts: 0n, credited: 0n, isClosed: false };
    this.dates.set(date, tally);
    return tally;
  }

  #credit(tally: DateTally, amount: bigint): void {
    tally.credited += amount;
    this.available += amount;
  }

  #isOnQuota(): boolean {
    return this.policy.merchantSettlementDraws === 'QUOTA';
  }
}

/** The rails of one institution, by themselves: the central bank's account and both houses. Knows nothing of how the treasury counts. */
export class RailsModel {
  readonly houses: Readonly<Record<ClearingHouse, HouseModel>>;

  constructor(
    readonly policy: HousePolicy,
    habit: 'ROLL' | 'RESET',
    public reserve: bigint,
    mapped: Readonly<Record<ClearingHouse, bigint>>,
  ) {
    this.houses = { UNIONPAY: new HouseModel(policy, habit, mapped.UNIONPAY), NETSUNION: new HouseModel(policy, habit, mapped.NETSUNION) };
  }

  settle(house: ClearingHouse, date: string): bigint {
    const net = this.houses[house].settle(date);
    if (this.policy.settlementTarget === 'VIRTUAL') this.houses[house].virtual += net;
    else this.reserve += net;
    return net;
  }

  repatriate(house: ClearingHouse, amount: bigint): void {
    this.houses[house].virtual -= amount;
    this.reserve += amount;
  }
}
