import { randomUUID } from 'node:crypto';
import type pg from 'pg';

import { lockQuota } from '../books/book-statements.ts';
import { insertNotices } from '../books/notice-books.ts';
import type { NoticeRow } from '../books/decide.ts';
import type { HouseBooks } from '../books/house-books.ts';
import { countReceipts, insertCollection, type Collection } from '../collections/collection-books.ts';
import type { HouseClock } from '../house-clock.ts';
import { nextDayAt, sessionDateAt, sessionStart, type Place } from '../house/house.ts';
import { closeSession, datesToClose, datesToSettle, figuresOf, findSession, openSession, type Session, type StoredSession } from './session-books.ts';
import { quotaAfter, type ReceiptsCount, type SettlementEffect } from './settlement.ts';

/** One movement of the central reserve by a settlement. */
export interface SettlementMovement {
  readonly direction: 'CREDIT' | 'DEBIT';
  readonly amountMinor: bigint;
  readonly counterparty: string;
  readonly purpose: 'SETTLEMENT';
  /** House and clearing date. */
  readonly payerReference: string;
  readonly at: Date;
}

/** Moves the central reserve in the settlement's transaction. Rejects with an error named `ReserveShort` when the reserve does not hold it. */
export type MoveReserve = (client: pg.ClientBase, movement: SettlementMovement) => Promise<unknown>;

export interface SessionDeskOptions {
  readonly books: HouseBooks;
  readonly place: Place;
  readonly clock: HouseClock;
  readonly receiptsCount: ReceiptsCount;
  readonly settlementEffect: SettlementEffect;
  /** Minute of the day in Shanghai, the day after the clearing date; null: only when told to. */
  readonly settlesAtMinute: number | null;
  readonly moveReserve: MoveReserve;
  readonly onNotices: () => void;
  readonly onRefused: (refusal: { clearingHouse: string; clearingDate: string; reason: SettlementRefusal }) => void;
}

/** Why a session is not settled now. */
export type SettlementRefusal = 'NO_SUCH_SESSION' | 'SESSION_OPEN' | 'SESSION_SETTLED' | 'EARLIER_SESSION_UNSETTLED' | 'MAPPING_SHORT' | 'RESERVE_SHORT';

const LOOK_EVERY_MS = 250;
/** After a settlement was refused on its time, and after the books could not be read. */
const TRY_AGAIN_MS = 5_000;

/** Where one house's sessions are cut, told and settled. */
export class SessionDesk {
  readonly #options: SessionDeskOptions;
  #timer: NodeJS.Timeout | undefined;
  #round: Promise<unknown> = Promise.resolve();
  #lastOpened = '';
  #settlesFrom: Date | null = null;
  #isClosed = false;

  constructor(options: SessionDeskOptions) {
    this.#options = options;
  }

  /** Makes the open session, and catches up with what a stop left behind. */
  async open(): Promise<void> {
    await this.#lookAround();
    this.#arm(LOOK_EVERY_MS);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    await this.#round;
  }

  find(clearingDate: string): Promise<StoredSession | null> {
    return findSession(this.#options.books.pool, this.#options.place, clearingDate);
  }

  /** Null when the session of that date is not open any more, or not yet. */
  async collect(collection: Omit<Collection, 'clearingDate'> & { clearingDate: string | null }): Promise<Collection | null> {
    const { books, place, clock, receiptsCount } = this.#options;
    return await books.exclusively(async (client) => {
      const now = clock.now();
      const today = sessionDateAt(place.clearingHouse, now);
      if (collection.clearingDate !== null && collection.clearingDate !== today) return null;
      const booked = { ...collection, clearingDate: today };
      await openSession(client, place, now);
      await insertCollection(client, place, { collection: booked, at: now });
      if (receiptsCount === 'REAL_TIME') {
        await lockQuota(client, place);
        await countReceipts(client, place, booked.amountMinor);
        await client.query(
          'UPDATE rails.clearing_session SET counted_minor = counted_minor + $4 WHERE clearing_house = $1 AND institution_id = $2 AND clearing_date = $3',
          [place.clearingHouse, place.institution, today, booked.amountMinor.toString()],
        );
      }
      return booked;
    });
  }

  /** Moves the reserve by the net and takes the session over into the mapping, all in one transaction; or does nothing and says why. */
  async settleSession(clearingDate: string): Promise<Session | SettlementRefusal> {
    const { books, place, onNotices } = this.#options;
    try {
      const refusal = await books.exclusively((client) => this.#settle(client, clearingDate));
      if (refusal !== null) return refusal;
    } catch (error) {
      if (error instanceof Error && error.name === 'ReserveShort') return 'RESERVE_SHORT';
      throw error;
    }
    onNotices();
    return (await findSession(books.pool, place, clearingDate)) ?? 'NO_SUCH_SESSION';
  }

  async #settle(client: pg.PoolClient, clearingDate: string): Promise<SettlementRefusal | null> {
    const { place, clock, settlementEffect, moveReserve } = this.#options;
    const quota = await lockQuota(client, place);
    const session = await findSession(client, place, clearingDate);
    if (session === null) return 'NO_SUCH_SESSION';
    if (session.state !== 'CLOSED') return session.state === 'OPEN' ? 'SESSION_OPEN' : 'SESSION_SETTLED';
    const [earliest] = await datesToSettle(client, place);
    if (earliest !== undefined && earliest < clearingDate) return 'EARLIER_SESSION_UNSETTLED';
    const consumedMinor = await stillConsumed(client, place, { session, since: quota.consumedSince });
    const after = quotaAfter(quota, { netMinor: session.netMinor, consumedMinor, countedMinor: session.countedMinor }, settlementEffect);
    if (after === null) return 'MAPPING_SHORT';
    const now = clock.now();
    const { clearingHouse, institution } = place;
    await client.query(
      `UPDATE rails.quota SET mapped_minor = $3, consumed_minor = $4, receipts_minor = $5, changed_at = $6 WHERE clearing_house = $1 AND institution_id = $2`,
      [clearingHouse, institution, after.mappedMinor.toString(), after.consumedMinor.toString(), after.receiptsMinor.toString(), now],
    );
    await client.query(
      `UPDATE rails.clearing_session SET settled_at = $4, counted_minor = 0 WHERE clearing_house = $1 AND institution_id = $2 AND clearing_date = $3`,
      [clearingHouse, institution, clearingDate, now],
    );
    if (settlementEffect === 'AS_NOTIFIED') await insertNotices(client, clearingHouse, [this.#notice('QUOTA_CHANGED', { amountMinor: after.mappedMinor, occurredAt: now })]);
    const movement = movementOf(session, { place, at: now });
    // Last: it holds the reserve's lock until the commit.
    if (movement !== null) await moveReserve(client, movement);
    return null;
  }

  #arm(delayMs: number): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      this.#round = this.#lookAround().then(
        () => this.#arm(LOOK_EVERY_MS),
        // The database is away; what is to be cut and settled is in it.
        () => this.#arm(TRY_AGAIN_MS),
      );
    }, delayMs);
  }

  /** Asks the database only when a date has begun or a settlement is due. */
  async #lookAround(): Promise<void> {
    const { books, place, clock } = this.#options;
    const now = clock.now();
    const today = sessionDateAt(place.clearingHouse, now);
    if (today !== this.#lastOpened) {
      await openSession(books.pool, place, now);
      for (const date of await datesToClose(books.pool, place, now)) await this.#cut(date);
      this.#lastOpened = today;
      this.#settlesFrom = await this.#nextSettlement();
    }
    if (this.#settlesFrom !== null && this.#settlesFrom <= now) await this.#settleDue(now);
  }

  /** The result of a session is final once what was being written at the cut is committed: from then on the house writes into the next one. */
  async #cut(clearingDate: string): Promise<void> {
    const { books, place, clock, receiptsCount, onNotices } = this.#options;
    await books.exclusively(() => Promise.resolve());
    const figures = await figuresOf(books.pool, place, clearingDate);
    const countsNow = receiptsCount === 'SESSION_CLOSE';
    await books.exclusively(async (client) => {
      await lockQuota(client, place);
      const closedAt = sessionStart(place.clearingHouse, nextDate(clearingDate));
      const isClosed = await closeSession(client, place, { clearingDate, figures, closedAt, countedMinor: countsNow ? figures.receiptsMinor : null });
      if (!isClosed) return;
      if (countsNow) await countReceipts(client, place, figures.receiptsMinor);
      await insertNotices(client, place.clearingHouse, [this.#notice('SESSION_RESULT', { clearingDate, occurredAt: clock.now() })]);
    });
    onNotices();
  }

  async #nextSettlement(): Promise<Date | null> {
    const { books, place, settlesAtMinute } = this.#options;
    if (settlesAtMinute === null) return null;
    const [earliest] = await datesToSettle(books.pool, place);
    return earliest === undefined ? null : nextDayAt(earliest, settlesAtMinute);
  }

  async #settleDue(now: Date): Promise<void> {
    const { books, place, settlesAtMinute, onRefused } = this.#options;
    for (const clearingDate of await datesToSettle(books.pool, place)) {
      if (settlesAtMinute === null || nextDayAt(clearingDate, settlesAtMinute) > now) break;
      const result = await this.settleSession(clearingDate);
      if (typeof result === 'string' && result !== 'SESSION_SETTLED') {
        onRefused({ clearingHouse: place.clearingHouse, clearingDate, reason: result });
        // Whoever can mend it mends it meanwhile: by an admin's hand the session can be settled at any time.
        this.#settlesFrom = nextDayAt(sessionDateAt(place.clearingHouse, now), settlesAtMinute);
        return;
      }
    }
    this.#settlesFrom = await this.#nextSettlement();
  }

  #notice(kind: 'QUOTA_CHANGED' | 'SESSION_RESULT', told: Partial<NoticeRow> & { occurredAt: Date }): NoticeRow {
    const nothing = { serialNumber: null, status: null, code: null, amountMinor: null, clearingDate: null, railReference: null, detail: null };
    const dueAt = new Date(this.#options.clock.wallNow());
    return { noticeId: randomUUID(), kind, ...nothing, isForged: false, takesWanted: 1, dueAt, ...told };
  }
}

/** Null when nothing moves. */
function movementOf({ clearingDate, netMinor }: Session, { place, at }: { place: Place; at: Date }): SettlementMovement | null {
  if (netMinor === 0n) return null;
  return {
    direction: netMinor > 0n ? 'CREDIT' : 'DEBIT',
    amountMinor: netMinor > 0n ? netMinor : -netMinor,
    counterparty: place.clearingHouse,
    purpose: 'SETTLEMENT',
    payerReference: `${place.clearingHouse}:${clearingDate}`,
    at,
  };
}

/** What of the session's payouts is still in the consumption: all of it, unless the quota was set anew after some of them. */
async function stillConsumed(client: pg.ClientBase, { clearingHouse, institution }: Place, { session, since }: { session: StoredSession; since: Date }): Promise<bigint> {
  if (since <= session.openedAt) return session.payoutsMinor;
  const { rows } = await client.query<{ sum: string }>(
    `SELECT coalesce(sum(amount_minor), 0)::text AS sum FROM rails.executed_payout
      WHERE clearing_house = $1 AND institution_id = $2 AND clearing_date = $3 AND executed_at >= $4`,
    [clearingHouse, institution, session.clearingDate, since],
  );
  return BigInt(rows[0]?.sum ?? 0);
}

function nextDate(date: string): string {
  return new Date(Date.parse(date) + 24 * 3_600_000).toISOString().slice(0, 10);
}
