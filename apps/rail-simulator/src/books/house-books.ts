import type pg from 'pg';

import { faultOf, faultPlanSchema, isWithoutFaults, NO_FAULTS, type FaultPlan } from '../faults/fault-plan.ts';
import type { Fault } from '../faults/fault.ts';
import type { HouseClock } from '../house-clock.ts';
import { sessionDateAt, type Place } from '../house/house.ts';
import { availableOf } from '../sessions/settlement.ts';
import { wireAmount } from '../netsunion/amount.ts';
import type { PayoutRequest } from '../netsunion/payout-request.ts';
import {
  consumeQuota,
  insertForgotten,
  insertInstructions,
  lockQuota,
  takenNumbers,
  type InstructionToWrite,
} from './book-statements.ts';
import { decide, noticesOf, type Conclusion } from './decide.ts';
import { inTransaction } from './in-transaction.ts';
import { GroupCommit } from './group-commit.ts';
import { insertNotices } from './notice-books.ts';
import { Occurrences } from './occurrences.ts';

/** One request on its way into the books. `deferredBy` is the fault that has already held it back once. */
interface Submission {
  readonly request: PayoutRequest;
  readonly deferredBy: Fault | null;
}

export interface HouseBooksOptions {
  readonly pool: pg.Pool;
  readonly place: Place;
  readonly clock: HouseClock;
  readonly lingerMs: number;
  readonly mappedQuotaMinor: bigint;
  readonly onNotices: () => void;
  readonly arrivals: PayoutArrivals;
}

/** What executed payouts bring to accounts at the simulator's own banks. */
export interface PayoutArrivals {
  /** In the transaction of the payouts. True when something is on its way now. */
  write(client: pg.ClientBase, instructions: readonly InstructionToWrite[], now: Date): Promise<boolean>;
  /** After its commit. */
  wake(): void;
}

const BATCH_MAX = 256;

/**
 * What really happened at one house, in the books that all houses share. Every answer about a payout leaves after the commit that holds it. Each house
 * commits by itself: neither waits for the other.
 */
export class HouseBooks {
  readonly pool: pg.Pool;
  readonly #options: HouseBooksOptions;
  readonly #commits: GroupCommit<Submission, Conclusion>;
  readonly #occurrences = new Occurrences();
  readonly #inHand = new Map<string, number>();
  #plan: FaultPlan = NO_FAULTS;

  constructor(options: HouseBooksOptions) {
    this.#options = options;
    this.pool = options.pool;
    this.#commits = new GroupCommit({ itemsMax: BATCH_MAX, lingerMs: options.lingerMs, flush: (batch) => this.#flush(batch) });
  }

  get plan(): FaultPlan {
    return this.#plan;
  }

  get flushes(): number {
    return this.#commits.flushes;
  }

  /** Opens the books: makes the quota row of a new institution and continues with the stored fault plan. */
  async open(): Promise<void> {
    const { place, mappedQuotaMinor, clock } = this.#options;
    await this.transaction(async (client) => {
      await client.query(
        `INSERT INTO rails.quota (clearing_house, institution_id, mapped_minor, changed_at, consumed_since) VALUES ($1, $2, $3, $4, $4)
         ON CONFLICT DO NOTHING`,
        [place.clearingHouse, place.institution, mappedQuotaMinor.toString(), clock.now()],
      );
      // Waits for a commit that a killed process may have left under way: nothing is answered before it shows.
      await lockQuota(client, place);
      const { rows } = await client.query<{ plan: unknown }>('SELECT plan FROM rails.fault_plan WHERE clearing_house = $1', [place.clearingHouse]);
      if (rows[0] !== undefined) await this.#take(client, faultPlanSchema.parse(rows[0].plan));
    });
  }

  async close(): Promise<void> {
    await this.#commits.drain();
  }

  /** Answers after the commit. Rejects when the books cannot be written: then nobody knows, and nothing may be claimed. */
  async submit(request: PayoutRequest, deferredBy: Fault | null): Promise<Conclusion> {
    const { serialNumber } = request;
    this.#inHand.set(serialNumber, (this.#inHand.get(serialNumber) ?? 0) + 1);
    try {
      return await this.#commits.submit({ request, deferredBy });
    } finally {
      const left = (this.#inHand.get(serialNumber) ?? 1) - 1;
      if (left === 0) this.#inHand.delete(serialNumber);
      else this.#inHand.set(serialNumber, left);
    }
  }

  /** True while a request of this number is being written: its outcome is not known yet, so it must not be called unknown. */
  hasInHand(serialNumber: string): boolean {
    return this.#inHand.has(serialNumber);
  }

  /** The plan holds for every request decided from now on; it is stored and survives a restart. */
  changePlan(plan: FaultPlan): Promise<void> {
    return this.exclusively((client) => this.#store(client, plan));
  }

  /** One transaction that runs while no request is being decided. */
  exclusively<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return this.#commits.exclusively(() => this.transaction(work));
  }

  transaction<T>(work: (client: pg.PoolClient) => Promise<T>): Promise<T> {
    return inTransaction(this.pool, work);
  }

  async #store(client: pg.ClientBase, plan: FaultPlan): Promise<void> {
    await client.query(`INSERT INTO rails.fault_plan (clearing_house, plan) VALUES ($1, $2)
       ON CONFLICT (clearing_house) DO UPDATE SET plan = excluded.plan`, [
      this.#options.place.clearingHouse,
      JSON.stringify(plan),
    ]);
    await this.#take(client, plan);
  }

  async #take(client: pg.ClientBase, plan: FaultPlan): Promise<void> {
    if (isWithoutFaults(plan)) this.#occurrences.forget();
    else await this.#occurrences.load(client, this.#options.place);
    this.#plan = plan;
  }

  async #flush(batch: readonly Submission[]): Promise<readonly Conclusion[]> {
    const tally = this.#occurrences.tally();
    const { conclusions, hasNotices, isArriving } = await this.transaction(async (client) => {
      const { place, clock } = this.#options;
      const quota = await lockQuota(client, place);
      const taken = await takenNumbers(
        client,
        place,
        batch.map(({ request }) => request.serialNumber),
      );
      const now = clock.now();
      const circumstances = { place, now, wallNow: clock.wallNow(), clearingDate: sessionDateAt(place.clearingHouse, now) };
      const instructions: InstructionToWrite[] = [];
      const forgotten: { request: PayoutRequest; fault: Fault }[] = [];
      let consumedMinor = 0n;
      const conclusions = batch.map(({ request, deferredBy }): Conclusion => {
        if (taken.has(request.serialNumber)) return { kind: 'DUPLICATE' };
        const fault = deferredBy ?? this.#faultOf(request, { tally, now });
        if (fault?.kind === 'LATE_EXECUTION' && deferredBy === null) {
          forgotten.push({ request, fault });
          return { kind: 'DEFERRED', fault };
        }
        const availableMinor = availableOf(quota) - consumedMinor;
        const conclusion = decide(request, fault, { ...circumstances, availableMinor });
        if (conclusion.kind === 'FORGOTTEN') forgotten.push({ request, fault: conclusion.fault });
        if (conclusion.kind === 'CONCLUDED') {
          taken.add(request.serialNumber);
          instructions.push({ request, row: conclusion.row, fault });
          if (conclusion.row.status === 'SUCCEEDED') consumedMinor += request.amountMinor;
        }
        return conclusion;
      });
      const notices = instructions.flatMap(noticesOf);
      await insertInstructions(client, place, instructions);
      await insertForgotten(client, place, { batch: forgotten, wallNow: new Date(circumstances.wallNow) });
      await insertNotices(client, place.clearingHouse, notices);
      const isArriving = await this.#options.arrivals.write(client, instructions, now);
      await consumeQuota(client, place, consumedMinor);
      return { conclusions, hasNotices: notices.length > 0, isArriving };
    });
    tally.keep();
    if (hasNotices) this.#options.onNotices();
    if (isArriving) this.#options.arrivals.wake();
    return conclusions;
  }

  #faultOf({ payeeAccount, amountMinor, bankCode }: PayoutRequest, { tally, now }: { tally: ReturnType<Occurrences['tally']>; now: Date }): Fault | null {
    if (isWithoutFaults(this.#plan)) return null;
    const occurrence = tally.next(payeeAccount, amountMinor);
    return faultOf(this.#plan, { payeeAccount, bankCode, amount: wireAmount(amountMinor), occurrence, at: now });
  }
}
