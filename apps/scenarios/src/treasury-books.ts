import { setTimeout as pause } from 'node:timers/promises';
import type { BookReader } from './book-reader.ts';
import { BY_HAND, type Flows } from './endless-flows.ts';

const LOOKED_AGAIN_AFTER_MS = 250;

/** One subject in both sets of books, line by line. */
export interface BothBooks {
  readonly ours: readonly unknown[];
  readonly rails: readonly unknown[];
}

/** What of transfers, quota and collections stands in both sets of books, and must be the same. */
const SUBJECTS: Readonly<Record<string, { readonly ours: string; readonly rails: string }>> = {
  /** Every number that a bank or a house executed for us. */
  'executed transfers': {
    ours: `SELECT serial_number, amount::text FROM transfers.leg_instruction WHERE conclusion = 'SETTLED' ORDER BY serial_number`,
    rails: `SELECT serial_number, amount_minor::text AS amount FROM rails.bank_transfer WHERE status = 'SUCCEEDED'
            UNION ALL SELECT serial_number, amount_minor::text FROM rails.executed_payout WHERE merchant_id = 'TREASURY' ORDER BY serial_number`,
  },
  'arrivals at the central reserve': {
    ours: `SELECT serial_number, amount::text FROM transfers.leg_movement WHERE effect = 'ARRIVED' ORDER BY serial_number`,
    rails: `SELECT payer_reference AS serial_number, amount_minor::text AS amount FROM rails.reserve_movement WHERE direction = 'CREDIT' ORDER BY payer_reference`,
  },
  'executed adjustments of the quota': {
    ours: `SELECT clearing_house, direction, serial_number, amount::text FROM quotas.quota_adjustment WHERE state = 'SUCCEEDED' ORDER BY serial_number`,
    rails: `SELECT clearing_house, direction, serial_number, amount_minor::text AS amount FROM rails.quota_adjustment WHERE status = 'SUCCEEDED' ORDER BY serial_number`,
  },
  'mapped quota': {
    ours: 'SELECT clearing_house, mapped::text FROM quotas.quota ORDER BY clearing_house',
    rails: 'SELECT clearing_house, mapped_minor::text AS mapped FROM rails.quota ORDER BY clearing_house',
  },
  'unallocated buffer': {
    ours: 'SELECT balance::text FROM quotas.quota_buffer',
    rails: `SELECT (balance_minor - (SELECT sum(mapped_minor) FROM rails.quota))::text AS balance FROM rails.reserve_account`,
  },
  collections: {
    ours: `SELECT clearing_house, clearing_date::text, channel, count_total::text AS count, amount_total::text AS amount FROM quotas.collection_total ORDER BY 1, 2, 3`,
    rails: `SELECT clearing_house, clearing_date::text, channel, sum(item_count)::text AS count, sum(amount_minor)::text AS amount FROM rails.collection GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
  },
  'collections in the journal': {
    ours: 'SELECT clearing_house, clearing_date::text, channel, total::text AS amount FROM ledger.booked_receipts ORDER BY 1, 2, 3',
    rails: 'SELECT clearing_house, clearing_date::text, channel, sum(amount_minor)::text AS amount FROM rails.collection GROUP BY 1, 2, 3 ORDER BY 1, 2, 3',
  },
};

/** Each subject in which the two sets of books are not the same, with both. What is merely late is waited for. */
export async function differences(books: BookReader, { withinMs }: { withinMs: number }): Promise<Record<string, BothBooks>> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const found: Record<string, BothBooks> = {};
    for (const [subject, sql] of Object.entries(SUBJECTS)) {
      const [ours, rails] = await Promise.all([books.ours(sql.ours), books.rails(sql.rails)]);
      if (JSON.stringify(ours) !== JSON.stringify(rails)) found[subject] = { ours, rails };
    }
    if (Object.keys(found).length === 0 || performance.now() > deadline) return found;
    await pause(LOOKED_AGAIN_AFTER_MS);
  }
}

/** Orders, shifts and adjustments that have not come to their end, by id and state. */
export async function underWay(books: BookReader): Promise<string[]> {
  const rows = await books.ours<{ what: string }>(
    `SELECT concat_ws(' ', 'transfer', id, state) AS what FROM transfers.transfer_order WHERE ended_at IS NULL
     UNION ALL SELECT concat_ws(' ', 'shift', id, state) FROM quotas.quota_shift WHERE state NOT IN ('DONE', 'FAILED', 'GIVEN_UP')
     UNION ALL SELECT concat_ws(' ', 'adjustment', id, state) FROM quotas.quota_adjustment
               WHERE state NOT IN ('SUCCEEDED', 'FAILED', 'CANCELLED') OR (state = 'SUCCEEDED' AND reflected_at IS NULL)`,
  );
  return rows.map(({ what }) => what);
}

/** What has another effect than its one: an order with more or fewer settled numbers than its state says, quota that moved for nobody, a shift in halves. */
export async function wrongEffects(books: BookReader): Promise<string[]> {
  const rows = await books.ours<{ what: string }>(
    `SELECT concat_ws(' ', 'transfer', o.id, o.state, 'settled', count(i.serial_number), 'times') AS what
     FROM transfers.transfer_order o LEFT JOIN transfers.leg_instruction i ON i.order_id = o.id AND i.conclusion = 'SETTLED'
     GROUP BY o.id HAVING count(i.serial_number) <> (o.state = 'COMPLETED')::int
     UNION ALL
     SELECT concat_ws(' ', 'shift', s.id, s.state, 'halves', d.state, i.state) FROM quotas.quota_shift s
     JOIN quotas.quota_adjustment d ON d.id = s.decrease_id LEFT JOIN quotas.quota_adjustment i ON i.id = s.increase_id
     WHERE (d.state = 'SUCCEEDED') IS DISTINCT FROM (s.state = 'DONE') OR (coalesce(i.state, 'NONE') = 'SUCCEEDED') IS DISTINCT FROM (s.state = 'DONE')
        OR d.amount <> s.amount OR coalesce(i.amount, s.amount) <> s.amount
     UNION ALL
     SELECT concat_ws(' ', 'buffer', kind, reference) FROM quotas.quota_buffer_movement WHERE kind = 'MAPPING_MOVED'`,
  );
  return rows.map(({ what }) => what);
}

/** How many of each flow came to a good end. */
export async function flowed(books: BookReader): Promise<Record<string, number>> {
  const [row] = await books.ours<Record<string, number>>(
    `SELECT (SELECT count(*)::int FROM transfers.transfer_order WHERE state = 'COMPLETED' AND means = 'BANK_TRANSFER' AND rule_id IS NULL) AS "sweeps by hand",
            (SELECT count(*)::int FROM transfers.transfer_order WHERE state = 'COMPLETED' AND means = 'BANK_TRANSFER' AND rule_id IS NOT NULL) AS "sweeps by threshold",
            (SELECT count(*)::int FROM transfers.transfer_order WHERE state = 'COMPLETED' AND means = 'NETSUNION_PAYOUT') AS "fund-downs",
            (SELECT count(*)::int FROM quotas.quota_shift WHERE state = 'DONE') AS shifts,
            (SELECT count(*)::int FROM quotas.quota_adjustment WHERE state = 'SUCCEEDED' AND reason = $1 AND direction = 'INCREASE') AS increases,
            (SELECT count(*)::int FROM quotas.quota_adjustment WHERE state = 'SUCCEEDED' AND reason = $1 AND direction = 'DECREASE') AS decreases,
            (SELECT count(*)::int FROM quotas.collection_total) AS collections,
            (SELECT count(DISTINCT route)::int FROM payouts.attempt WHERE conclusion = 'SUCCEEDED') AS "houses that paid"`,
    [BY_HAND],
  );
  return row ?? {};
}

/** What was acknowledged and is not there, or there and never acknowledged; what rules ordered, and what a shift is made of, is nobody's. */
export async function otherThanAcknowledged(books: BookReader, { transfers, shifts, adjustments }: Flows): Promise<string[]> {
  const rows = await books.ours<{ what: string }>(
    `WITH acknowledged AS (
       SELECT 'transfer' AS kind, unnest($1::uuid[]) AS id UNION ALL SELECT 'shift', unnest($2::uuid[]) UNION ALL SELECT 'adjustment', unnest($3::uuid[])
     ), there AS (
       SELECT 'transfer' AS kind, id, state FROM transfers.transfer_order WHERE rule_id IS NULL
       UNION ALL SELECT 'shift', id, state FROM quotas.quota_shift
       UNION ALL SELECT 'adjustment', id, state FROM quotas.quota_adjustment WHERE reason = $4
     )
     SELECT concat_ws(' ', kind, id, coalesce(t.state, 'not there'), CASE WHEN a.id IS NULL THEN 'never acknowledged' END) AS what
     FROM acknowledged a FULL JOIN there t USING (kind, id)
     WHERE a.id IS NULL OR t.id IS NULL OR (kind = 'transfer' AND t.state <> 'COMPLETED')`,
    [transfers, shifts, adjustments, BY_HAND],
  );
  return rows.map(({ what }) => what);
}
