import type { Books } from './books.ts';
import { inSnapshot } from './books.ts';
import { N4 } from './execution-invariant.ts';
import { Offenders, type Invariant } from './invariant.ts';
import { N2, N3, N5, N9 } from './journal-invariants.ts';
import { BOOKED, N1, N6 } from './payout-invariants.ts';

interface Plant {
  readonly invariant: Invariant;
  readonly what: string;
  /** What the checker has to say of it. */
  readonly says: string;
  readonly sow: (books: Books) => Promise<unknown>;
}

const ATTEMPT_COLUMNS = 'payout_id, attempt_number, route, serial_number, amount_minor, grant_id, request_hash, committed_at, valid_until, conclusion, concluded_by, concluded_at';
const HASH = `decode(repeat('ab', 32), 'hex')`;
const AT = `'2026-11-21T02:00:00Z'`;

function attempt(serial: string, { conclusion, payout = 'gen_random_uuid()', amount = 100 }: { conclusion: string; payout?: string; amount?: number }): string {
  const concluded = conclusion === 'NULL' ? 'NULL, NULL, NULL' : `'${conclusion}', 'ANSWER', ${AT}`;
  return `INSERT INTO payouts.attempt (${ATTEMPT_COLUMNS})
          VALUES (${payout}, 1 + abs(hashtext('${serial}')) % 100000, 'NETSUNION', '${serial}', ${amount}, gen_random_uuid(), ${HASH}, ${AT}, ${AT}, ${concluded})`;
}

function execution(serial: string, amount = 100): string {
  return `INSERT INTO rails.payout_instruction (serial_number, institution_id, amount_minor, payee_account, payee_name, bank_code, purpose, business_line, merchant_id,
            status, code, rail_reference, clearing_date, concluded_at)
          VALUES ('${serial}', 'SELFTEST', ${amount}, '6222020200012345678', 'self-test', '102100099996', 'self-test', 'SETTLEMENT', 'M1', 'SUCCEEDED', '0000', 'R-${serial}', '2026-11-21', ${AT})`;
}

function strayEntry(rule: string): string {
  return `WITH e AS (
            INSERT INTO ledger.journal_entry (batch_id, entry_number, value_date, id, unit, rule, reference, hash)
            VALUES (-1, 1, '2026-11-21', gen_random_uuid(), 'CNY', '${rule}', 'SELF-TEST', ${HASH})
          )
          INSERT INTO ledger.journal_line (batch_id, entry_number, line_number, account_id, amount)
          SELECT -1, 1, n, id, CASE n WHEN 1 THEN 100 ELSE -100 END FROM (SELECT id, row_number() OVER (ORDER BY code) AS n FROM ledger.internal_account WHERE code IN ('2001', '2002')) a`;
}

/** The tables' own CHECKs stand in the way of some damage; they are dropped for as long as it is looked at. Whoever uses the table meanwhile waits so long at most. */
const LOCK_TIMEOUT_MS = 5_000;
const PAYOUT = `'01993c1e-0000-7000-8000-00000000beef'`;

/** Each kind of loss, planted in a transaction that is never committed. */
const PLANTS: readonly Plant[] = [
  {
    invariant: N1,
    what: 'an acknowledged request that we do not know',
    says: 'an acknowledged request that is lost',
    sow: ({ rails }) => rails.query(`INSERT INTO settlement.acknowledged_request (request_id, how, acknowledged_at) VALUES ('SELF-TEST-LOST', 'MESSAGE', ${AT})`),
  },
  {
    invariant: N1,
    what: 'a request whose payout is gone',
    says: 'a request without its payout',
    sow: ({ ours }) => ours.query(`INSERT INTO payouts.payout_request (client_id, request_id, payout_id, request_hash) VALUES ('self-test', 'SELF-TEST-GONE', gen_random_uuid(), ${HASH})`),
  },
  { invariant: N1, what: 'an open attempt missing from the table of open ones', says: 'an attempt that is open in one table only', sow: ({ ours }) => ours.query(attempt('SELFTEST-OPEN', { conclusion: 'NULL' })) },
  {
    invariant: N2,
    what: 'an entry of one line',
    says: 'an entry that does not sum to zero',
    sow: async ({ ours }) => {
      await ours.query(
        `INSERT INTO ledger.journal_entry (batch_id, entry_number, value_date, id, unit, rule, reference, hash) VALUES (-1, 1, '2026-11-21', gen_random_uuid(), 'CNY', 'manual.v1', 'SELF-TEST', ${HASH})`,
      );
      await ours.query(`INSERT INTO ledger.journal_line (batch_id, entry_number, line_number, account_id, amount) SELECT -1, 1, 1, id, 100 FROM ledger.internal_account WHERE code = '2001'`);
    },
  },
  { invariant: N3, what: 'a balance that was edited', says: 'a balance that is not the sum of its lines', sow: ({ ours }) => ours.query(`UPDATE ledger.account_balance SET debit_total = debit_total + 1 WHERE account_id = (SELECT id FROM ledger.internal_account WHERE code = '2001')`) },
  { invariant: N4, what: 'an execution that we do not know', says: 'executed by the rail, unknown to us', sow: ({ rails }) => rails.query(execution('SELFTEST-UNKNOWN')) },
  { invariant: N4, what: 'a success that the rail did not execute', says: 'a success of ours that the rail did not execute', sow: ({ ours }) => ours.query(attempt('SELFTEST-UNPAID', { conclusion: 'SUCCEEDED' })) },
  {
    invariant: N4,
    what: 'an execution of one fen more',
    says: 'executed with another amount than ours',
    sow: async ({ ours, rails }) => {
      await ours.query(attempt('SELFTEST-FEN', { conclusion: 'SUCCEEDED' }));
      await rails.query(execution('SELFTEST-FEN', 101));
    },
  },
  {
    invariant: N4,
    what: 'two executions of one payout',
    says: 'paid twice',
    sow: async ({ ours, rails }) => {
      for (const serial of ['SELFTEST-TWICE-1', 'SELFTEST-TWICE-2']) {
        await ours.query(attempt(serial, { conclusion: 'SUCCEEDED', payout: PAYOUT }));
        await rails.query(execution(serial));
      }
    },
  },
  {
    invariant: N4,
    what: 'an execution that we concluded as failed',
    says: 'executed by the rail, not a success of ours',
    sow: async ({ ours, rails }) => {
      await ours.query(attempt('SELFTEST-FAILED', { conclusion: 'FAILED' }));
      await rails.query(execution('SELFTEST-FAILED'));
    },
  },
  {
    invariant: N5,
    what: 'a message published twice',
    says: 'a message of payouts published twice',
    sow: ({ ours }) =>
      ours.query(
        `INSERT INTO payouts.outbox_batch (topic, type, message_count, message_ids, partitions, record_offsets)
         SELECT 'self-test', 'self-test', 1, ARRAY[${PAYOUT}::uuid], ARRAY[0::smallint], ARRAY[n::bigint] FROM generate_series(1, 2) AS n`,
      ),
  },
  {
    invariant: N6,
    what: 'a movement of a grant that is missing',
    says: 'a movement that does not follow from the one before',
    sow: ({ ours }) =>
      ours.query(
        `INSERT INTO payouts.grant_movement (grant_id, sequence, kind, reserved_change, consumed_change, payout_count, epoch, granted_after, consumed_after, reserved_after, moved_at)
         VALUES (gen_random_uuid(), 2, 'RESERVED', 100, 0, 1, 1, 100, 0, 100, ${AT})`,
      ),
  },
  {
    invariant: N6,
    what: 'a reservation beyond its grant',
    says: 'a reservation beyond its grant',
    sow: async ({ ours }) => {
      await ours.query('ALTER TABLE payouts.grant_movement DROP CONSTRAINT grant_movement_check');
      await ours.query(
        `INSERT INTO payouts.grant_movement (grant_id, sequence, kind, reserved_change, consumed_change, payout_count, epoch, granted_after, consumed_after, reserved_after, moved_at)
         SELECT grant_id, sequence, 'RESERVED', 101, 0, 1, 1, 100, 0, 101, ${AT} FROM (VALUES (gen_random_uuid(), 1)) AS m (grant_id, sequence)`,
      );
    },
  },
  {
    invariant: N6,
    what: 'a grant that is overdrawn',
    says: 'a grant that is overdrawn',
    sow: async ({ ours }) => {
      await ours.query('ALTER TABLE payouts.quota_grant DROP CONSTRAINT quota_grant_covers_use');
      await ours.query(`INSERT INTO payouts.quota_grant (grant_id, clearing_house, shard, epoch, granted_total, reserved) VALUES (gen_random_uuid(), 'NETSUNION', 9999, 1, 100, 101)`);
    },
  },
  { invariant: N1, what: 'an attempt of another amount than its payout', says: 'an attempt of another amount than its payout, or of none', sow: ({ ours }) => ours.query(attempt('SELFTEST-AMOUNT', { conclusion: 'FAILED' })) },
  {
    invariant: BOOKED,
    what: 'a success booked without an attempt',
    says: 'a payout that the ledger booked otherwise',
    sow: ({ ours }) => ours.query(strayEntry('payout-succeeded.v1')),
  },
  { invariant: N9, what: 'an entry outside every batch', says: 'an entry outside every batch', sow: ({ ours }) => ours.query(strayEntry('manual.v1')) },
  {
    invariant: N9,
    what: 'a batch of the rail log that was slipped in',
    says: 'a batch of the rail log that does not follow from the one before',
    sow: ({ ours }) =>
      ours.query(`INSERT INTO payouts.rail_message_batch (chain, batch_number, message_count, content_digest, hash) VALUES ('self-test', 2, 1, ${HASH}, ${HASH})`),
  },
  {
    invariant: N9,
    what: 'a row of the audit trail that was slipped in',
    says: 'a row of the audit trail of payouts that does not follow from the one before',
    sow: ({ ours }) => ours.query(`INSERT INTO payouts.audit_entry (sequence, content, hash) SELECT coalesce(max(sequence), 0) + 1, '{}', ${HASH} FROM payouts.audit_entry`),
  },
  {
    invariant: N9,
    what: 'a batch of the journal that was slipped in',
    says: 'a batch of the journal whose entries were changed',
    sow: ({ ours }) =>
      ours.query(
        `INSERT INTO ledger.journal_batch (sequence, id, booked_at, entry_count, line_count, root, hash)
         SELECT coalesce(max(sequence), 0) + 1, -2, ${AT}, 1, 2, ${HASH}, ${HASH} FROM ledger.journal_batch`,
      ),
  },
];

/** Plants each violation alone and tells whether its invariant names more rows with just that than before. Nothing of it is kept. */
export async function selfTest(books: Books, tell: (line: string) => void): Promise<number> {
  let missed = 0;
  for (const { invariant, what, says, sow } of PLANTS) {
    const isCaught = await inSnapshot(books, 'READ WRITE', async () => {
      // Rows are planted as damage would leave them: behind the back of triggers and foreign keys.
      for (const client of [books.ours, books.rails]) await client.query(`SET LOCAL session_replication_role = 'replica'; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
      const before = await offendersOf(invariant, says, books);
      await sow(books);
      return (await offendersOf(invariant, says, books)) > before;
    });
    if (!isCaught) missed += 1;
    tell(`self-test ${invariant.id} ${what}: ${isCaught ? 'caught' : 'MISSED'}`);
  }
  return missed;
}

async function offendersOf(invariant: Invariant, says: string, books: Books): Promise<number> {
  const offenders = new Offenders();
  await invariant.examine(books, { isQuiescent: false }, offenders);
  return offenders.countOf(says);
}
