import type pg from 'pg';
import { counted, rowsOf, type CheckOptions, type Invariant, type Offenders } from './invariant.ts';

/** What each effect of a leg is booked by. */
const RULES = `(VALUES ('leg-sent.v1', 'SENT'), ('leg-arrived.v1', 'ARRIVED'), ('fee-income-arrived.v1', 'ARRIVED'), ('leg-came-back.v1', 'CAME_BACK'),
                       ('leg-paid-by-house.v1', 'PAID_BY_HOUSE'), ('fee-income-paid-by-house.v1', 'PAID_BY_HOUSE')) AS r (rule, effect)`;
const IN_TRANSIT = "split_part(a.code, '.', 1) = '1101'";

/** The ledger follows by messages: it may be late, never ahead. */
export const N10: Invariant = {
  id: 'N10',
  sentence: 'in transit is zero at day end or explained by name, and the ledger booked each movement of transfers once, to the fen',
  needs: ['transfers'],
  async examine({ ours }, options, offenders) {
    await movementsBookedOtherwise(ours, options, offenders);
    await offenders.addRows(
      ours,
      'a transfer that ended and does not sum to zero over its legs',
      `SELECT o.id AS order_id, o.state, m.in_transit FROM transfers.transfer_order o
       JOIN (SELECT order_id, sum(CASE effect WHEN 'SENT' THEN amount WHEN 'PAID_BY_HOUSE' THEN 0 ELSE -amount END) AS in_transit FROM transfers.leg_movement GROUP BY order_id) m ON m.order_id = o.id
       WHERE o.ended_at IS NOT NULL AND m.in_transit <> 0`,
    );
    const open = await openAmounts(ours, options, offenders);
    const looked = await counted(ours, { orders: 'transfers.transfer_order', movements: 'transfers.leg_movement' });
    return { ...looked, 'amounts in transit': open };
  },
};

async function movementsBookedOtherwise(ours: pg.Client, { isQuiescent }: CheckOptions, offenders: Offenders): Promise<void> {
  await offenders.addRows(
    ours,
    'a movement of a transfer that the ledger booked otherwise',
    `WITH booked AS (
       SELECT e.reference, r.effect, count(*) AS entries, sum(l.amount) AS amount
       FROM ledger.journal_entry e JOIN ${RULES} USING (rule)
       CROSS JOIN LATERAL (SELECT max(amount) AS amount FROM ledger.journal_line WHERE batch_id = e.batch_id AND entry_number = e.entry_number) l
       GROUP BY e.reference, r.effect
     ), due AS (
       SELECT order_id::text AS reference, effect, count(*) AS entries, sum(amount) AS amount FROM transfers.leg_movement GROUP BY order_id, effect
     )
     SELECT reference AS order_id, effect, d.entries AS due, d.amount AS due_minor, b.entries AS booked, b.amount AS booked_minor
     FROM due d FULL JOIN booked b USING (reference, effect)
     WHERE coalesce(b.entries, 0) > coalesce(d.entries, 0) OR coalesce(b.amount, 0) > coalesce(d.amount, 0)
        OR ($1 AND (b.entries IS DISTINCT FROM d.entries OR b.amount IS DISTINCT FROM d.amount))`,
    [isQuiescent],
  );
}

interface OpenAmount {
  readonly [column: string]: unknown;
  readonly reference: string;
  readonly code: string;
  readonly amount: string;
  readonly since: string;
  readonly order_id: string | null;
  readonly has_ended: boolean | null;
  readonly legs: string | null;
}

/** What is open at the end of any day is explained by an order that is under way, whose legs say where the money is; anything else is named. */
async function openAmounts(ours: pg.Client, { isQuiescent }: CheckOptions, offenders: Offenders): Promise<bigint> {
  const amounts = rowsOf<OpenAmount>(
    ours,
    `WITH open AS (
       SELECT e.reference, a.code, sum(l.amount) AS amount, min(e.value_date) AS since
       FROM ledger.internal_account a JOIN ledger.journal_line l ON l.account_id = a.id JOIN ledger.journal_entry e USING (batch_id, entry_number)
       WHERE ${IN_TRANSIT} GROUP BY e.reference, a.code HAVING sum(l.amount) <> 0
     )
     SELECT open.reference, open.code, open.amount::text, open.since::text, o.id AS order_id, o.ended_at IS NOT NULL AS has_ended,
            (SELECT string_agg(leg_number || ' ' || state, ', ' ORDER BY leg_number) FROM transfers.transfer_leg WHERE order_id = o.id) AS legs
     FROM open LEFT JOIN transfers.transfer_order o ON o.id::text = open.reference ORDER BY open.since, open.reference`,
  );
  let count = 0n;
  for await (const { reference, code, amount, since, order_id: orderId, has_ended: hasEnded, legs } of amounts) {
    count += 1n;
    const named = `reference=${reference} account=${code} amount=${amount} since=${since}`;
    const isExplained = orderId !== null && !amount.startsWith('-') && hasEnded === false;
    if (orderId === null) offenders.add('money in transit that belongs to no transfer', named);
    else if (isExplained) offenders.explain(`in transit by order ${reference}: amount=${amount} since=${since} legs: ${legs ?? 'none'}`);
    // While messages are under way, an arrival may be booked before its leaving, and the end of an order before its arrival.
    else if (isQuiescent) offenders.add('money in transit that no open leg explains', `${named} legs: ${legs ?? 'none'}`);
  }
  return count;
}
