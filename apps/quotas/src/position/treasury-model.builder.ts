import { businessDate } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { sum } from '@jinku/money';
import type { HousePolicy } from '../policy/domain/house-policy.ts';
import { agrees, isReflectedBy, mappedAfterSettlement, netOf, sessionStates, type ClearingSession, type SessionFigures } from '../session/domain/clearing-session.ts';
import { houseBook, type HouseBook } from './domain/house-book.ts';
import { Alert, bufferAlerts, reserveDifference } from './domain/institution-book.ts';

interface House {
  mapped: bigint;
  railFigure: bigint;
  reserved: bigint;
  sessions: Map<string, ClearingSession>;
}

const NOTHING: SessionFigures = { payouts: 0n, returns: 0n, receipts: 0n };

/** The treasury as its use cases put the pure core together, in memory: what it was told, and what follows from it. */
export class TreasuryModel {
  readonly houses: Record<ClearingHouse, House>;
  /** Each movement of the unallocated buffer; there is no other account of it. */
  readonly movements: bigint[];
  settlementsSeen: bigint[] = [];
  #differs = new Set<Alert>();

  constructor(
    readonly policy: HousePolicy,
    private reserve: bigint,
    mapped: Readonly<Record<ClearingHouse, bigint>>,
  ) {
    const house = (of: bigint): House => ({ mapped: of, railFigure: of, reserved: 0n, sessions: new Map() });
    this.houses = { UNIONPAY: house(mapped.UNIONPAY), NETSUNION: house(mapped.NETSUNION) };
    this.movements = [reserve - mapped.UNIONPAY - mapped.NETSUNION];
  }

  get buffer(): bigint {
    return sum(this.movements);
  }

  reserveQuota(house: ClearingHouse, amount: bigint): void {
    this.houses[house].reserved += amount;
  }

  conclude(house: ClearingHouse, date: string, { amount, hasSucceeded }: { amount: bigint; hasSucceeded: boolean }): void {
    this.houses[house].reserved -= amount;
    if (hasSucceeded) this.count(house, date, { payouts: amount });
  }

  count(house: ClearingHouse, date: string, figures: Partial<SessionFigures>): void {
    const { own } = this.session(house, date);
    const add = (name: keyof SessionFigures): bigint => own[name] + (figures[name] ?? 0n);
    this.#change(house, date, { own: { payouts: add('payouts'), returns: add('returns'), receipts: add('receipts') } });
    this.#judge(house, date);
  }

  close(house: ClearingHouse, date: string): void {
    this.#change(house, date, { state: sessionStates.next(this.session(house, date).state, 'close') });
  }

  hearResult(house: ClearingHouse, date: string, result: SessionFigures): void {
    this.#change(house, date, { result, state: sessionStates.next(this.session(house, date).state, 'receive') });
    this.#judge(house, date);
    const { state } = this.session(house, date);
    if (state === 'RESULT_RECEIVED') this.#change(house, date, { state: sessionStates.next(state, 'dispute') });
  }

  /** The house says that it settled, and the central bank or the virtual account's history shows by how much. */
  hearSettlement(house: ClearingHouse, date: string, { at, moved }: { at: Date; moved: bigint }): void {
    const session = this.session(house, date);
    const net = netOf(this.policy, session.result ?? session.own);
    this.#note(Alert.SETTLEMENT_DIFFERS, moved !== net);
    this.settlementsSeen.push(moved);
    this.#change(house, date, { houseSettledAt: at, state: sessionStates.next(session.state, 'settle') });
    if (this.policy.settlementTarget === 'CENTRAL_RESERVE') this.hearReserve(moved);
    if (!isReflectedBy(this.policy, this.session(house, date), null)) return;
    this.#mapTo(house, mappedAfterSettlement(this.policy, { mapped: this.houses[house].mapped, net }));
    this.#change(house, date, { isReflected: true });
  }

  hearReserve(moved: bigint): void {
    this.reserve += moved;
    this.movements.push(moved);
  }

  hearFigure(house: ClearingHouse, { mapped, available, asOf }: { mapped: bigint; available: bigint; asOf: Date }): void {
    this.#mapTo(house, mapped);
    this.houses[house].railFigure = available;
    for (const [date, session] of this.houses[house].sessions) {
      if (isReflectedBy(this.policy, session, asOf)) this.#change(house, date, { isReflected: true });
    }
  }

  /** An increase from the request to the figure that holds it, and a decrease: both are ours, so the buffer bears them by their own movements. */
  adjust(house: ClearingHouse, change: bigint): void {
    this.movements.push(-change);
    this.houses[house].mapped += change;
  }

  book(house: ClearingHouse): HouseBook {
    const { mapped, reserved, sessions } = this.houses[house];
    return houseBook({ policy: this.policy, mapped, pendingDecreases: 0n, reserved, sessions: [...sessions.values()] });
  }

  /** What an operator would be told now; `balance` is the reserve's own figure. */
  alerts(balance: bigint): Set<Alert> {
    const earmarks = Object.values(this.houses).map(({ mapped }) => ({ mapped, pendingIncreases: 0n }));
    const alerts = new Set<Alert>([...this.#differs, ...bufferAlerts(this.buffer, 0n)]);
    if (reserveDifference({ balance, earmarks, buffer: this.buffer }) !== 0n) alerts.add(Alert.RESERVE_DIFFERS);
    for (const house of ['UNIONPAY', 'NETSUNION'] as const) {
      const book = this.book(house);
      if (book.free < 0n) alerts.add(Alert.HOUSE_NOT_COVERED);
      if (book.railFigure !== this.houses[house].railFigure) alerts.add(Alert.FIGURE_DIFFERS);
      if ([...this.houses[house].sessions.values()].some(({ state }) => state === 'DISPUTED')) alerts.add(Alert.RESULT_DISPUTED);
    }
    return alerts;
  }

  session(clearingHouse: ClearingHouse, date: string): ClearingSession {
    const known = this.houses[clearingHouse].sessions.get(date);
    if (known !== undefined) return known;
    const session = { clearingHouse, clearingDate: businessDate(date), state: 'OPEN', own: NOTHING, result: null, houseSettledAt: null, isReflected: false } as const;
    this.houses[clearingHouse].sessions.set(date, session);
    return session;
  }

  /** What the house's figure moved by without us, the buffer bears. */
  #mapTo(house: ClearingHouse, mapped: bigint): void {
    const moved = mapped - this.houses[house].mapped;
    if (moved !== 0n) this.movements.push(-moved);
    this.houses[house].mapped = mapped;
  }

  #judge(house: ClearingHouse, date: string): void {
    const { result, own, state } = this.session(house, date);
    if (result !== null && agrees(own, result) && sessionStates.canMove(state, 'confirm')) this.#change(house, date, { state: sessionStates.next(state, 'confirm') });
  }

  #note(alert: Alert, isSo: boolean): void {
    if (isSo) this.#differs.add(alert);
  }

  #change(house: ClearingHouse, date: string, change: Partial<ClearingSession>): void {
    this.houses[house].sessions.set(date, { ...this.session(house, date), ...change });
  }
}
