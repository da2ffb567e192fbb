import type { Books } from './books.ts';
import { counted, rowsOf, type Invariant, type Offenders } from './invariant.ts';
import { matchedByKey } from './matched.ts';

const UNFINISHED = "('QUEUED', 'DISPATCHED', 'UNKNOWN')";

export const N1: Invariant = {
  id: 'N1',
  sentence: 'each acknowledged request exists once, with one fate',
  async examine({ ours, rails }, { isQuiescent }, offenders) {
    await acknowledgedWithoutPayout({ ours, rails }, offenders);
    await offenders.addRows(ours, 'a request without its payout', 'SELECT r.client_id, r.request_id FROM payouts.payout_request r LEFT JOIN payouts.payout p USING (payout_id) WHERE p.payout_id IS NULL');
    await offenders.addRows(
      ours,
      'a payout without exactly one request',
      `SELECT p.payout_id, count(r.payout_id) AS requests FROM payouts.payout p LEFT JOIN payouts.payout_request r USING (payout_id)
       GROUP BY p.payout_id HAVING count(r.payout_id) <> 1`,
    );
    await offenders.addRows(
      ours,
      'a payout whose state and attempts disagree',
      `SELECT p.payout_id, p.state, count(a.payout_id) FILTER (WHERE a.conclusion = 'SUCCEEDED') AS succeeded,
              count(a.payout_id) FILTER (WHERE a.conclusion IS NULL) AS open
       FROM payouts.payout p LEFT JOIN payouts.attempt a USING (payout_id) GROUP BY p.payout_id, p.state
       HAVING count(a.payout_id) FILTER (WHERE a.conclusion = 'SUCCEEDED') <> (p.state = 'SUCCEEDED')::int
           OR count(a.payout_id) FILTER (WHERE a.conclusion IS NULL) <> (p.state IN ('DISPATCHED', 'UNKNOWN'))::int`,
    );
    await offenders.addRows(
      ours,
      'an attempt of another amount than its payout, or of none',
      `SELECT a.serial_number, a.amount_minor, p.payout_id, p.amount_minor AS payout_amount FROM payouts.attempt a
       LEFT JOIN payouts.payout p USING (payout_id) WHERE p.amount_minor IS DISTINCT FROM a.amount_minor`,
    );
    await offenders.addRows(
      ours,
      'an attempt that is open in one table only',
      `SELECT a.serial_number AS attempt, o.serial_number AS open_attempt
       FROM (SELECT serial_number FROM payouts.attempt WHERE conclusion IS NULL) a
       FULL JOIN payouts.open_attempt o USING (serial_number) WHERE a.serial_number IS NULL OR o.serial_number IS NULL`,
    );
    await offenders.addRows(
      ours,
      'a payout whose place in the queue does not fit its state',
      `SELECT p.payout_id, p.state, count(q.payout_id) AS places
       FROM payouts.payout p
       LEFT JOIN (SELECT payout_id FROM payouts.queue_entry UNION ALL SELECT payout_id FROM payouts.deferred_entry) q USING (payout_id)
       GROUP BY p.payout_id, p.state HAVING count(q.payout_id) <> (p.state = 'QUEUED')::int`,
    );
    await offenders.addRows(
      ours,
      'a payout that is held in one table only',
      `SELECT p.payout_id AS held, h.payout_id AS held_entry FROM (SELECT payout_id FROM payouts.payout WHERE state = 'HELD') p
       FULL JOIN payouts.held_entry h USING (payout_id) WHERE p.payout_id IS NULL OR h.payout_id IS NULL`,
    );
    await offenders.addRows(
      ours,
      'a payout of which other returns are recorded than it says',
      `SELECT payout_id, p.returned_minor, r.recorded FROM (SELECT payout_id, returned_minor FROM payouts.payout WHERE returned_minor <> 0) p
       FULL JOIN (SELECT payout_id, sum(amount_minor) AS recorded FROM payouts.payout_return WHERE state = 'RECORDED' GROUP BY payout_id) r USING (payout_id)
       WHERE p.returned_minor IS DISTINCT FROM r.recorded`,
    );
    if (isQuiescent) await offenders.addRows(ours, 'a payout without a final fate', `SELECT payout_id, state FROM payouts.payout WHERE state IN ${UNFINISHED}`);
    const [promised, kept] = [await counted(rails, { acknowledgements: 'settlement.acknowledged_request' }), await counted(ours, { payouts: 'payouts.payout', attempts: 'payouts.attempt', held: 'payouts.held_entry' })];
    return { ...promised, ...kept };
  },
};

/** By request id alone: the client's own record does not say under which name we know the client. */
async function acknowledgedWithoutPayout({ ours, rails }: Pick<Books, 'ours' | 'rails'>, offenders: Offenders): Promise<void> {
  const acknowledged = rowsOf<{ key: string; payout_id: string | null }>(rails, 'SELECT request_id AS key, payout_id FROM settlement.acknowledged_request ORDER BY request_id COLLATE "C"');
  const known = rowsOf<{ key: string; payout_id: string }>(ours, 'SELECT request_id AS key, payout_id FROM payouts.payout_request ORDER BY request_id COLLATE "C"');
  for await (const { left, right } of matchedByKey(acknowledged, known)) {
    for (const { key, payout_id: promised } of left) {
      const isKept = promised === null ? right.length > 0 : right.some((request) => request.payout_id === promised);
      if (!isKept) offenders.add('an acknowledged request that is lost', `request_id=${key} promised payout_id=${promised ?? 'none'}`);
    }
  }
}

export const N6: Invariant = {
  id: 'N6',
  sentence: 'reserved and successful payouts never exceed the quota granted, nor the grants what is mapped',
  async examine({ ours }, _options, offenders) {
    await offenders.addRows(
      ours,
      'a reservation beyond its grant',
      `SELECT grant_id, sequence, reserved_after, consumed_after, granted_after FROM payouts.grant_movement
       WHERE reserved_after + consumed_after > granted_after OR reserved_after < 0`,
    );
    await offenders.addRows(
      ours,
      'a movement that does not follow from the one before',
      `SELECT grant_id, sequence FROM (
         SELECT *, lag(sequence, 1, 0::bigint) OVER w AS before, lag(reserved_after, 1, 0::bigint) OVER w + reserved_change AS reserved,
                lag(consumed_after, 1, 0::bigint) OVER w + consumed_change AS consumed
         FROM payouts.grant_movement WINDOW w AS (PARTITION BY grant_id ORDER BY sequence)
       ) m WHERE sequence <> before + 1 OR reserved <> reserved_after OR consumed <> consumed_after`,
    );
    await offenders.addRows(
      ours,
      'a grant that is not what its last movement left',
      `SELECT g.grant_id, g.movement_sequence, m.sequence AS last, g.reserved, m.reserved_after, g.consumed_total, m.consumed_after FROM payouts.quota_grant g
       FULL JOIN (SELECT DISTINCT ON (grant_id) * FROM payouts.grant_movement ORDER BY grant_id, sequence DESC) m USING (grant_id)
       WHERE g.grant_id IS NULL OR (m.sequence IS NOT NULL AND (g.movement_sequence <> m.sequence OR g.reserved <> m.reserved_after OR g.consumed_total <> m.consumed_after))`,
    );
    await offenders.addRows(
      ours,
      'a grant whose totals are not those of its attempts',
      `SELECT g.grant_id, g.consumed_total, g.reserved, a.consumed, a.reserved AS open FROM payouts.quota_grant g
       LEFT JOIN (
         SELECT grant_id, coalesce(sum(amount_minor) FILTER (WHERE conclusion = 'SUCCEEDED'), 0) AS consumed, coalesce(sum(amount_minor) FILTER (WHERE conclusion IS NULL), 0) AS reserved
         FROM payouts.attempt GROUP BY grant_id
       ) a USING (grant_id) WHERE g.consumed_total <> coalesce(a.consumed, 0) OR g.reserved <> coalesce(a.reserved, 0)`,
    );
    await offenders.addRows(ours, 'a grant that is overdrawn', 'SELECT grant_id, granted_total, consumed_total, reserved FROM payouts.quota_grant WHERE consumed_total + reserved > granted_total');
    await offenders.addRows(
      ours,
      'a clearing house of which more is used than it maps',
      `SELECT q.clearing_house, q.mapped, sum(g.consumed_total + g.reserved) AS used FROM quotas.quota q
       JOIN payouts.quota_grant g ON g.clearing_house = q.clearing_house
       GROUP BY q.clearing_house, q.mapped, q.receipts_counted, q.reflected_total
       HAVING sum(g.consumed_total + g.reserved) > q.mapped + q.receipts_counted + q.reflected_total`,
    );
    return await counted(ours, { grants: 'payouts.quota_grant', movements: 'payouts.grant_movement' });
  },
};

/** Each attempt is booked once when it leaves and once when it ends, each return once. The ledger follows by messages: it may be late, never ahead. */
export const BOOKED: Invariant = {
  id: 'BOOKED',
  sentence: 'the ledger booked each dispatch, success, failure and return of payouts once, to the fen',
  async examine({ ours }, { isQuiescent }, offenders) {
    const rules = "('payout-dispatched.v1', 'payout-succeeded.v1', 'payout-failed.v1', 'payout-returned.v1')";
    await offenders.addRows(
      ours,
      'a payout that the ledger booked otherwise',
      `WITH booked AS (
         SELECT e.reference, e.rule, count(*) AS entries, sum(l.amount) AS amount
         FROM ledger.journal_entry e
         JOIN (SELECT batch_id, entry_number, sum(amount) AS amount FROM ledger.journal_line WHERE amount > 0 GROUP BY batch_id, entry_number) l USING (batch_id, entry_number)
         WHERE e.rule IN ${rules} GROUP BY e.reference, e.rule
       ), due AS (
         SELECT a.payout_id::text AS reference, r.rule, count(*) AS entries, sum(a.amount_minor) AS amount
         FROM payouts.attempt a
         JOIN (VALUES ('payout-dispatched.v1', NULL), ('payout-succeeded.v1', 'SUCCEEDED'), ('payout-failed.v1', 'FAILED')) AS r (rule, conclusion)
           ON r.conclusion IS NULL OR r.conclusion = a.conclusion
         GROUP BY a.payout_id, r.rule
         UNION ALL
         SELECT payout_id::text, 'payout-returned.v1', count(*), sum(amount_minor) FROM payouts.payout_return WHERE state = 'RECORDED' GROUP BY payout_id
       )
       SELECT reference AS payout_id, rule, d.entries AS due, d.amount AS due_minor, b.entries AS booked, b.amount AS booked_minor
       FROM due d FULL JOIN booked b USING (reference, rule)
       WHERE coalesce(b.entries, 0) > coalesce(d.entries, 0) OR coalesce(b.amount, 0) > coalesce(d.amount, 0)
          OR ($1 AND (b.entries IS DISTINCT FROM d.entries OR b.amount IS DISTINCT FROM d.amount))`,
      [isQuiescent],
    );
    return await counted(ours, { attempts: 'payouts.attempt', returns: "payouts.payout_return WHERE state = 'RECORDED'", entries: `ledger.journal_entry WHERE rule IN ${rules}` });
  },
};
