import type { Books } from './books.ts';
import { inSnapshot } from './books.ts';
import type { Verdict } from './check.ts';
import { N4 } from './execution-invariant.ts';
import { N8 } from './fund-invariant.ts';
import { Offenders, whyNotRun, type Invariant } from './invariant.ts';
import { N2, N3, N5, N9 } from './journal-invariants.ts';
import { BOOKED, N1, N6 } from './payout-invariants.ts';
import { N10 } from './transit-invariant.ts';
import { planted, plantedAccount, plantedTransfer } from './planted-entries.ts';

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
  return planted({ rule, lines: [['2001', 100], ['2002', -100]] });
}

function payoutReturn(): string {
  return `INSERT INTO payouts.payout_return (notice_id, serial_number, payout_id, amount_minor, is_definite, clearing_date, occurred_at, state, told_at, decided_at)
          VALUES ('SELF-TEST', 'SELFTEST-RETURN', ${PAYOUT}, 100, true, '2026-11-21', ${AT}, 'RECORDED', ${AT}, ${AT})`;
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
    invariant: N1,
    what: 'a payout held without a held payout',
    says: 'a payout that is held in one table only',
    sow: ({ ours }) => ours.query(`INSERT INTO payouts.held_entry (payout_id) VALUES (${PAYOUT})`),
  },
  {
    invariant: N1,
    what: 'a return that its payout does not know',
    says: 'a payout of which other returns are recorded than it says',
    sow: ({ ours }) => ours.query(payoutReturn()),
  },
  { invariant: BOOKED, what: 'a return booked without a return', says: 'a payout that the ledger booked otherwise', sow: ({ ours }) => ours.query(strayEntry('payout-returned.v1')) },
  {
    invariant: N8,
    what: 'client money that became own money',
    says: 'an entry that makes client money own money, or the reverse',
    sow: ({ ours }) => ours.query(planted({ rule: 'fee-income-arrived.v1', lines: [['2001', 100], ['4001', -100]] })),
  },
  {
    invariant: N8,
    what: 'client and own money in one entry of a person',
    says: 'an entry of client and own money that no rule is named for',
    sow: ({ ours }) => ours.query(planted({ rule: 'manual.v1', lines: [['2001', 100], ['2002', -100], ['3001', 100], ['4001', -100]] })),
  },
  {
    invariant: N8,
    what: 'an account of nobody',
    says: "an entry on an account that is about nobody's money",
    sow: async ({ ours }) => {
      await ours.query(plantedAccount('7001.SELFTEST'));
      await ours.query(planted({ rule: 'manual.v1', lines: [['7001.SELFTEST', 100], ['2001', -100]] }));
    },
  },
  {
    invariant: N8,
    what: 'a client-fund account that paid more than it held',
    says: 'a place of client money below zero at the end of a day',
    sow: async ({ ours }) => {
      await ours.query(plantedAccount('1002.SELFTEST'));
      await ours.query(planted({ rule: 'manual.v1', on: '2001-01-01', lines: [['2001', 100], ['1002.SELFTEST', -100]] }));
      await ours.query(planted({ rule: 'manual.v1', number: 2, on: '2001-01-02', lines: [['1002.SELFTEST', 100], ['2001', -100]] }));
    },
  },
  {
    invariant: N8,
    what: 'more paid by the houses than clients had',
    says: 'client money in all below zero at the end of a day',
    sow: async ({ ours }) => {
      await ours.query(plantedAccount('1002.SELFTEST'));
      await ours.query(planted({ rule: 'manual.v1', on: '2001-01-01', lines: [['1002.SELFTEST', 100], ['2001', -100]] }));
      await ours.query(planted({ rule: 'manual.v1', number: 2, on: '2001-01-01', lines: [['2001', 200], ['1201.PAYOUT.PAYABLE', -200]] }));
      await ours.query(planted({ rule: 'manual.v1', number: 3, on: '2001-01-02', lines: [['1002.SELFTEST', 200], ['2001', -200]] }));
    },
  },
  {
    invariant: N10,
    what: 'money in transit that no order sent',
    says: 'money in transit that belongs to no transfer',
    sow: ({ ours }) => ours.query(planted({ rule: 'manual.v1', lines: [['1101.CLIENT', 100], ['2001', -100]] })),
  },
  {
    invariant: N10,
    what: 'a movement that was booked without having been told',
    says: 'a movement of a transfer that the ledger booked otherwise',
    sow: ({ ours }) => ours.query(planted({ rule: 'leg-arrived.v1', lines: [['2001', 100], ['1101.CLIENT', -100]] })),
  },
  {
    invariant: N10,
    what: 'an order that ended with its money on its way',
    says: 'a transfer that ended and does not sum to zero over its legs',
    sow: async ({ ours }) => {
      for (const statement of plantedTransfer(PAYOUT)) await ours.query(statement);
    },
  },
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
export async function selfTest(books: Books, tell: (line: string) => void): Promise<Verdict> {
  let violations = 0;
  const notRun = new Set<string>();
  for (const { invariant, what, says, sow } of PLANTS) {
    const why = await whyNotRun(books, invariant);
    if (why !== null) {
      notRun.add(invariant.id);
      tell(`self-test ${invariant.id} ${what}: NOT RUN, ${why}`);
      continue;
    }
    const isCaught = await inSnapshot(books, 'READ WRITE', async () => {
      // Rows are planted as damage would leave them: behind the back of triggers and foreign keys.
      for (const client of [books.ours, books.rails]) await client.query(`SET LOCAL session_replication_role = 'replica'; SET LOCAL lock_timeout = ${LOCK_TIMEOUT_MS}`);
      const before = await offendersOf(invariant, says, books);
      await sow(books);
      return (await offendersOf(invariant, says, books)) > before;
    });
    if (!isCaught) violations += 1;
    tell(`self-test ${invariant.id} ${what}: ${isCaught ? 'caught' : 'MISSED'}`);
  }
  return { violations, notRun: [...notRun] };
}

async function offendersOf(invariant: Invariant, says: string, books: Books): Promise<number> {
  const offenders = new Offenders();
  await invariant.examine(books, { isQuiescent: false }, offenders);
  return offenders.countOf(says);
}
