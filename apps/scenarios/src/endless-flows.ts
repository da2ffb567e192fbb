import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type { DayWorld } from './day-world.ts';
import type { Person } from './day-institution.ts';

const ASKED_AGAIN_AFTER_MS = 100;
const TOO_MANY_REQUESTS = 429;
/** The reason of adjustments that are no part of a shift. */
export const BY_HAND = 'By hand';
/** Between two of one kind, unless an answer takes longer. */
const PACE_MS = { sweep: 1_500, overflow: 4_000, fundDown: 3_000, shift: 2_500, adjustment: 2_500, collection: 500 } as const;

/** What was acknowledged while the treasury worked, by the ids that it told. */
export interface Flows {
  readonly transfers: readonly string[];
  readonly shifts: readonly string[];
  readonly adjustments: readonly string[];
  /** The codes of what was refused: definite answers, after which nothing may have moved. */
  readonly refusals: readonly string[];
}

/** The treasury's own work beside the payouts, for as long as `during` goes on: whoever gets no definite answer asks again under the same key. */
export async function flowWhile(world: DayWorld, during: Promise<unknown>): Promise<Flows> {
  const desk = new TreasuryDesk(world);
  const over = new AbortController();
  const watched = during.finally(() => over.abort());
  // What `during` fails with is thrown below; until then it must not count as nobody's.
  watched.catch(() => undefined);
  await Promise.all(
    (Object.keys(PACE_MS) as (keyof typeof PACE_MS)[]).map(async (kind) => {
      for (let turn = 1; !over.signal.aborted; turn += 1) {
        await desk[kind](turn);
        // Rejects only when it is over.
        await pause(PACE_MS[kind], undefined, { signal: over.signal }).catch(() => undefined);
      }
    }),
  );
  await watched;
  return desk;
}

/** Orders everything that moves the institution's own money and quota, and plays what the outside world does meanwhile. */
class TreasuryDesk implements Flows {
  readonly transfers: string[] = [];
  readonly shifts: string[] = [];
  readonly adjustments: string[] = [];
  readonly refusals: string[] = [];
  readonly #world: DayWorld;

  constructor(world: DayWorld) {
    this.#world = world;
  }

  /** F1 by hand, an amount of its own each time. */
  async sweep(turn: number): Promise<void> {
    await this.#ask('operator', '/v1/transfers', this.transfers, {
      payerAccountId: this.#world.account('fund-sales').id,
      payeeAccountId: this.#world.account('reserve').id,
      amount: `${1_000 + turn}.00`,
      purpose: 'SWEEP_UP',
      reference: `SWEEP-${turn}`,
      reason: BY_HAND,
    });
  }

  /** F1 by threshold: clients buy cards until the account is above its ceiling. */
  async overflow(): Promise<void> {
    // While the simulator is down nobody pays in; its books tell what was.
    await this.#world.creditAccount('prepaid-card', { amount: '10000.00' }).catch(() => undefined);
  }

  /** F3, which waits for its second person. */
  async fundDown(turn: number): Promise<void> {
    const id = await this.#ask('operator', '/v1/transfers', this.transfers, {
      payerAccountId: this.#world.account('reserve').id,
      payeeAccountId: this.#world.account('filed-own-fund').id,
      amount: `${2_000 + turn}.00`,
      purpose: 'FEE_INCOME_TRANSFER',
      reference: `FEE-${turn}`,
      reason: BY_HAND,
    });
    if (id !== null) await this.#ask('approver', `/v1/transfers/${id}/approve`, [], { reason: 'Within what is accrued' });
  }

  /** F9, to and fro. */
  async shift(turn: number): Promise<void> {
    const [fromHouse, toHouse] = turn % 2 === 0 ? ['NETSUNION', 'UNIONPAY'] : ['UNIONPAY', 'NETSUNION'];
    await this.#ask('operator', '/v1/quotas/shifts', this.shifts, { fromHouse, toHouse, amount: `${100_000 + turn}.00`, reason: 'To and fro' });
  }

  /** F7 and F8, at each house in turn. */
  async adjustment(turn: number): Promise<void> {
    const clearingHouse = turn % 4 < 2 ? 'UNIONPAY' : 'NETSUNION';
    const direction = turn % 2 === 0 ? 'INCREASE' : 'DECREASE';
    await this.#ask('operator', '/v1/quotas/adjustments', this.adjustments, { clearingHouse, direction, amount: `${50_000 + turn}.00`, reason: BY_HAND });
  }

  /** F11: clients pay in at both houses, and the settlement service tells the totals. */
  async collection(turn: number): Promise<void> {
    const collected = [
      { clearingHouse: 'UNIONPAY', channel: 'QR_CODE', amount: `${100 + turn}.10` },
      { clearingHouse: 'NETSUNION', channel: 'QUICK_PAY', count: 3, amount: `${200 + turn}.20` },
    ] as const;
    for (const one of collected) await this.#world.collect(one).catch(() => undefined);
    // What could not be told is told with the next total.
    await this.#world.reportCollections().catch(() => undefined);
  }

  /** Asks until there is a definite answer, always under the same key; what was acknowledged is noted, and so is a refusal. */
  async #ask(person: Person, path: string, acknowledged: string[], body: object): Promise<string | null> {
    const headers = { 'idempotency-key': randomUUID() };
    for (;;) {
      const answer = await this.#world.ask(person, { method: 'POST', path, body, headers }).catch(() => null);
      if (answer !== null && answer.status < 500 && answer.status !== TOO_MANY_REQUESTS) {
        const { id, code } = answer.body as { id?: string; code?: string };
        if (answer.status >= 400 || id === undefined) {
          this.refusals.push(code ?? `${answer.status}`);
          return null;
        }
        acknowledged.push(id);
        return id;
      }
      await pause(ASKED_AGAIN_AFTER_MS);
    }
  }
}
