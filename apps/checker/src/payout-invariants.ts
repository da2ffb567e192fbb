import type { Books } from './books.ts';
import { offendingRows, type CheckOptions, type Invariant } from './invariant.ts';

export const N1: Invariant = {
  id: 'N1',
  sentence: 'each acknowledged request exists once, with one fate',
  async offenders({ ours, rails }, { isQuiescent }) {
    return [
      ...(await acknowledgedWithoutPayout({ ours, rails })),
      ...(await offendingRows(ours, 'a request without its payout', 'SELECT r.client_id, r.request_id FROM payouts.payout_request r LEFT JOIN payouts.payout p USING (payout_id) WHERE p.payout_id IS NULL')),
      ...(await offendingRows(
        ours,
        'a payout without exactly one request',
        `SELECT p.payout_id, count(r.payout_id) AS requests FROM payouts.payout p LEFT JOIN payouts.payout_request r USING (payout_id)
         GROUP BY p.payout_id HAVING count(r.payout_id) <> 1`,
      )),
      ...(await offendingRows(
        ours,
        'a payout whose state and attempts disagree',
        `SELECT p.payout_id, p.state, count(a.payout_id) FILTER (WHERE a.conclusion = 'SUCCEEDED') AS succeeded,
                count(a.payout_id) FILTER (WHERE a.conclusion IS NULL) AS open
         FROM payouts.payout p LEFT JOIN payouts.attempt a USING (payout_id) GROUP BY p.payout_id, p.state
         HAVING count(a.payout_id) FILTER (WHERE a.conclusion = 'SUCCEEDED') <> (p.state = 'SUCCEEDED')::int
             OR count(a.payout_id) FILTER (WHERE a.conclusion IS NULL) <> (p.state IN ('DISPATCHED', 'UNKNOWN'))::int`,
      )),
      ...(await offendingRows(
        ours,
        'an attempt of another amount than its payout, or of none',
        `SELECT a.serial_number, a.amount_minor, p.payout_id, p.amount_minor AS payout_amount FROM payouts.attempt a
         LEFT JOIN payouts.payout p USING (payout_id) WHERE p.amount_minor IS DISTINCT FROM a.amount_minor`,
      )),
      ...(await offendingRows(
        ours,
        'an attempt that is open in one table only',
        `SELECT a.serial_number AS attempt, o.serial_number AS open_attempt
         FROM (SELECT serial_number FROM payouts.attempt WHERE conclusion IS NULL) a
         FULL JOIN payouts.open_attempt o USING (serial_number) WHERE a.serial_number IS NULL OR o.serial_number IS NULL`,
      )),
      ...(await offendingRows(
        ours,
        'a payout whose place in the queue does not fit its state',
        `SELECT p.payout_id, p.state, count(q.payout_id) AS places
         FROM payouts.payout p
         LEFT JOIN (SELECT payout_id FROM payouts.queue_entry UNION ALL SELECT payout_id FROM payouts.deferred_entry) q USING (payout_id)
         GROUP BY p.payout_id, p.state HAVING count(q.payout_id) <> (p.state = 'QUEUED')::int`,
      )),
      ...(isQuiescent
        ? await offendingRows(ours, 'a payout without a final fate', "SELECT payout_id, state FROM payouts.payout WHERE state IN ('QUEUED', 'DISPATCHED', 'UNKNOWN')")
        : []),
    ];
  },
};

async function acknowledgedWithoutPayout({ ours, rails }: Pick<Books, 'ours' | 'rails'>): Promise<string[]> {
  const acknowledged = await rails.query<{ request_id: string; payout_id: string | null }>('SELECT request_id, payout_id FROM settlement.acknowledged_request');
  const known = await ours.query<{ request_id: string; payout_id: string }>('SELECT request_id, payout_id FROM payouts.payout_request');
  const payoutOf = new Map(known.rows.map((row) => [row.request_id, row.payout_id]));
  return acknowledged.rows
    .filter((row) => !payoutOf.has(row.request_id) || (row.payout_id !== null && payoutOf.get(row.request_id) !== row.payout_id))
    .map((row) => `an acknowledged request that is lost: request_id=${row.request_id} promised payout_id=${row.payout_id ?? 'none'}`);
}

export const N4: Invariant = {
  id: 'N4',
  sentence: "the rail's executed payouts and our successes match one to one, to the fen",
  async offenders({ ours, rails, railsNow }, options) {
    const executed = await rails.query<Executed>('SELECT serial_number, amount_minor::text AS amount FROM rails.executed_payout');
    const attempts = await ours.query<Attempt>('SELECT payout_id, serial_number, amount_minor::text AS amount, conclusion FROM payouts.attempt');
    // We may have learnt of an execution after the rail's snapshot was taken; those few are looked up again.
    const inSnapshot = new Set(executed.rows.map((payout) => payout.serial_number));
    const unseen = attempts.rows.filter((attempt) => attempt.conclusion === 'SUCCEEDED' && !inSnapshot.has(attempt.serial_number));
    const later = await railsNow.query<Executed>(
      'SELECT serial_number, amount_minor::text AS amount FROM rails.executed_payout WHERE serial_number = ANY ($1::text[])',
      [unseen.map((attempt) => attempt.serial_number)],
    );
    return compareExecutions([...executed.rows, ...later.rows], attempts.rows, options);
  },
};

interface Executed {
  readonly serial_number: string;
  readonly amount: string;
}

interface Attempt extends Executed {
  readonly payout_id: string;
  readonly conclusion: 'SUCCEEDED' | 'FAILED' | null;
}

function compareExecutions(executed: readonly Executed[], attempts: readonly Attempt[], { isQuiescent }: CheckOptions): string[] {
  const attemptOf = new Map(attempts.map((attempt) => [attempt.serial_number, attempt]));
  const executedNumbers = new Set(executed.map((payout) => payout.serial_number));
  const executedByPayout = new Map<string, string>();
  const offenders: string[] = [];
  for (const payout of executed) {
    const attempt = attemptOf.get(payout.serial_number);
    const named = `serial_number=${payout.serial_number} amount=${payout.amount}`;
    if (attempt === undefined) {
      offenders.push(`executed by the rail, unknown to us: ${named}`);
      continue;
    }
    if (attempt.amount !== payout.amount) offenders.push(`executed with another amount than ours: ${named} ours=${attempt.amount}`);
    if (attempt.conclusion === 'FAILED' || (attempt.conclusion === null && isQuiescent)) {
      offenders.push(`executed by the rail, not a success of ours: ${named} conclusion=${attempt.conclusion ?? 'none'}`);
    }
    const before = executedByPayout.get(attempt.payout_id);
    if (before !== undefined) offenders.push(`paid twice: payout_id=${attempt.payout_id} serial_numbers=${before},${payout.serial_number}`);
    executedByPayout.set(attempt.payout_id, payout.serial_number);
  }
  for (const attempt of attempts) {
    if (attempt.conclusion === 'SUCCEEDED' && !executedNumbers.has(attempt.serial_number)) {
      offenders.push(`a success of ours that the rail did not execute: serial_number=${attempt.serial_number} amount=${attempt.amount}`);
    }
  }
  return offenders;
}

export const N6: Invariant = {
  id: 'N6',
  sentence: 'reserved and successful payouts never exceed the quota granted, nor the grants what is mapped',
  async offenders({ ours }) {
    return [
      ...(await offendingRows(
        ours,
        'a reservation beyond its grant',
        `SELECT grant_id, sequence, reserved_after, consumed_after, granted_after FROM payouts.grant_movement
         WHERE reserved_after + consumed_after > granted_after OR reserved_after < 0`,
      )),
      ...(await offendingRows(
        ours,
        'a movement that does not follow from the one before',
        `SELECT grant_id, sequence FROM (
           SELECT *, lag(sequence, 1, 0::bigint) OVER w AS before, lag(reserved_after, 1, 0::bigint) OVER w + reserved_change AS reserved,
                  lag(consumed_after, 1, 0::bigint) OVER w + consumed_change AS consumed
           FROM payouts.grant_movement WINDOW w AS (PARTITION BY grant_id ORDER BY sequence)
         ) m WHERE sequence <> before + 1 OR reserved <> reserved_after OR consumed <> consumed_after`,
      )),
      ...(await offendingRows(
        ours,
        'a grant whose totals are not those of its attempts',
        `SELECT g.grant_id, g.consumed_total, g.reserved, a.consumed, a.reserved AS open FROM payouts.quota_grant g
         LEFT JOIN LATERAL (
           SELECT coalesce(sum(amount_minor) FILTER (WHERE conclusion = 'SUCCEEDED'), 0) AS consumed, coalesce(sum(amount_minor) FILTER (WHERE conclusion IS NULL), 0) AS reserved
           FROM payouts.attempt t WHERE t.grant_id = g.grant_id
         ) a ON true WHERE g.consumed_total <> a.consumed OR g.reserved <> a.reserved`,
      )),
      ...(await offendingRows(
        ours,
        'a clearing house of which more is used than it maps',
        `SELECT q.clearing_house, q.mapped, sum(g.consumed_total + g.reserved) AS used FROM quotas.quota q
         JOIN payouts.quota_grant g ON g.clearing_house = q.clearing_house
         GROUP BY q.clearing_house, q.mapped, q.receipts_counted, q.reflected_total
         HAVING sum(g.consumed_total + g.reserved) > q.mapped + q.receipts_counted + q.reflected_total`,
      )),
    ];
  },
};

/** Each attempt is booked once when it leaves and once when it ends. The ledger follows by messages: it may be late, never ahead. */
export const BOOKED: Invariant = {
  id: 'BOOKED',
  sentence: 'the ledger booked each dispatch, success and failure of payouts once, to the fen',
  offenders: ({ ours }, { isQuiescent }) =>
    offendingRows(
      ours,
      'a payout that the ledger booked otherwise',
      `WITH booked AS (
         SELECT e.reference, e.rule, count(DISTINCT e.id) AS entries, sum(l.amount) AS amount
         FROM ledger.journal_entry e JOIN ledger.journal_line l USING (batch_id, entry_number)
         WHERE e.rule IN ('payout-dispatched.v1', 'payout-succeeded.v1', 'payout-failed.v1') AND l.amount > 0 GROUP BY e.reference, e.rule
       ), due AS (
         SELECT a.payout_id::text AS reference, r.rule, count(*) AS entries, sum(a.amount_minor) AS amount
         FROM payouts.attempt a
         JOIN (VALUES ('payout-dispatched.v1', NULL), ('payout-succeeded.v1', 'SUCCEEDED'), ('payout-failed.v1', 'FAILED')) AS r (rule, conclusion)
           ON r.conclusion IS NULL OR r.conclusion = a.conclusion
         GROUP BY a.payout_id, r.rule
       )
       SELECT reference AS payout_id, rule, d.entries AS due, d.amount AS due_minor, b.entries AS booked, b.amount AS booked_minor
       FROM due d FULL JOIN booked b USING (reference, rule)
       WHERE coalesce(b.entries, 0) > coalesce(d.entries, 0) OR coalesce(b.amount, 0) > coalesce(d.amount, 0)
          OR ($1 AND (b.entries IS DISTINCT FROM d.entries OR b.amount IS DISTINCT FROM d.amount))`,
      [isQuiescent],
    ),
};
