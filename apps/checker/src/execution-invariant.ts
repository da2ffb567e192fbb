import type pg from 'pg';
import { rowsOf, type CheckOptions, type Invariant, type Offenders } from './invariant.ts';
import { matchedByKey } from './matched.ts';

/** Successes that the rail's snapshot does not have yet are looked up again so many at a time. */
const LOOKED_UP_MAX = 1_000;

interface Executed {
  readonly [column: string]: unknown;
  readonly key: string;
  readonly amount: string;
}

interface Attempt extends Executed {
  readonly payout_id: string;
  readonly conclusion: 'SUCCEEDED' | 'FAILED' | null;
  /** The payout has other attempts too, so that it could have been paid twice. */
  readonly is_one_of_several: boolean;
}

export const N4: Invariant = {
  id: 'N4',
  sentence: "the rails' executed payouts and our successes match one to one, to the fen",
  async examine({ ours, rails, railsNow }, options, offenders) {
    const comparison = new Comparison(railsNow, options, offenders);
    const executed = rowsOf<Executed>(rails, 'SELECT serial_number AS key, amount_minor::text AS amount FROM rails.executed_payout ORDER BY serial_number COLLATE "C"');
    const attempts = rowsOf<Attempt>(ours, await attemptsSql(ours));
    for await (const { left, right } of matchedByKey(executed, attempts)) await comparison.take(left[0], right[0]);
    await comparison.lookUp();
    return { 'executed payouts': comparison.executedCount, 'successes of ours': comparison.successCount, attempts: comparison.attemptCount };
  },
};

/** Every instruction that a clearing house may have executed: attempts of payouts and, where transfers is installed, its fund-downs. */
async function attemptsSql(ours: pg.Client): Promise<string> {
  const payouts = `SELECT serial_number AS key, payout_id, amount_minor::text AS amount, conclusion, count(*) OVER (PARTITION BY payout_id) > 1 AS is_one_of_several FROM payouts.attempt`;
  const fundDowns = `SELECT i.serial_number, i.order_id, i.amount::text, CASE WHEN i.conclusion = 'NOT_MOVED' THEN 'FAILED' WHEN i.conclusion IS NOT NULL THEN 'SUCCEEDED' END,
     count(*) OVER (PARTITION BY i.order_id, i.leg_number) > 1 FROM transfers.leg_instruction i JOIN transfers.transfer_order o ON o.id = i.order_id WHERE o.means = 'NETSUNION_PAYOUT'`;
  const { rows } = await ours.query<{ isThere: boolean }>(`SELECT to_regclass('transfers.leg_instruction') IS NOT NULL AS "isThere"`);
  return `SELECT * FROM (${rows[0]?.isThere === true ? `${payouts} UNION ALL ${fundDowns}` : payouts}) a ORDER BY key COLLATE "C"`;
}

/** Holds one execution against one attempt at a time. What it keeps are the executed numbers of payouts with several attempts: few. */
class Comparison {
  executedCount = 0n;
  attemptCount = 0n;
  successCount = 0n;
  readonly #railsNow: pg.Client;
  readonly #options: CheckOptions;
  readonly #offenders: Offenders;
  readonly #executedOf = new Map<string, string>();
  #unseen: Attempt[] = [];

  constructor(railsNow: pg.Client, options: CheckOptions, offenders: Offenders) {
    this.#railsNow = railsNow;
    this.#options = options;
    this.#offenders = offenders;
  }

  async take(executed: Executed | undefined, attempt: Attempt | undefined): Promise<void> {
    if (attempt !== undefined) {
      this.attemptCount += 1n;
      if (attempt.conclusion === 'SUCCEEDED') this.successCount += 1n;
    }
    if (executed !== undefined) this.#executed(executed, attempt);
    else if (attempt?.conclusion === 'SUCCEEDED') {
      this.#unseen.push(attempt);
      if (this.#unseen.length >= LOOKED_UP_MAX) await this.lookUp();
    }
  }

  /** We may have learnt of an execution after the rail's snapshot was taken; those few are looked up again. */
  async lookUp(): Promise<void> {
    const unseen = this.#unseen;
    this.#unseen = [];
    if (unseen.length === 0) return;
    const { rows } = await this.#railsNow.query<Executed>('SELECT serial_number AS key, amount_minor::text AS amount FROM rails.executed_payout WHERE serial_number = ANY ($1::text[])', [
      unseen.map(({ key }) => key),
    ]);
    const later = new Map(rows.map((row) => [row.key, row]));
    for (const attempt of unseen) {
      const executed = later.get(attempt.key);
      if (executed === undefined) this.#offenders.add('a success of ours that the rail did not execute', `serial_number=${attempt.key} amount=${attempt.amount}`);
      else this.#executed(executed, attempt);
    }
  }

  #executed({ key, amount }: Executed, attempt: Attempt | undefined): void {
    this.executedCount += 1n;
    const named = `serial_number=${key} amount=${amount}`;
    if (attempt === undefined) {
      this.#offenders.add('executed by the rail, unknown to us', named);
      return;
    }
    const { payout_id: payoutId, conclusion } = attempt;
    if (attempt.amount !== amount) this.#offenders.add('executed with another amount than ours', `${named} ours=${attempt.amount}`);
    if (conclusion === 'FAILED' || (conclusion === null && this.#options.isQuiescent)) {
      this.#offenders.add('executed by the rail, not a success of ours', `${named} conclusion=${conclusion ?? 'none'}`);
    }
    if (!attempt.is_one_of_several) return;
    const before = this.#executedOf.get(payoutId);
    if (before !== undefined) this.#offenders.add('paid twice', `payout_id=${payoutId} serial_numbers=${before},${key}`);
    this.#executedOf.set(payoutId, key);
  }
}
