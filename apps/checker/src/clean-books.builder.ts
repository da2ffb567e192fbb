import type { Pool } from 'pg';
import { treasury, treasuryAtHouse, treasuryEntries } from './clean-treasury.builder.ts';
import { createCommittedSchemas } from './committed-schemas.builder.ts';

const SERVICES = ['accounts', 'ledger', 'quotas', 'payouts', 'transfers', 'audit', 'gateway'] as const;
const AT = `'2026-11-21T02:00:00Z'::timestamptz`;
const HASH = `sha256('x')`;
const GRANT = `'00000000-0000-7000-8000-0000000000aa'::uuid`;
const PLENTY = '1000000000000000';

export interface Pools {
  readonly ours: Pool;
  readonly rails: Pool;
}

export interface BookSize {
  readonly payouts: number;
  /** Payouts that were claimed, booked and told of together. */
  readonly perBatch: number;
}

/**
 * Fills both sets of books as a day without a mistake leaves them, whatever its size: of ten payouts one has failed, one has failed and then been paid
 * by a second attempt, one has expired unsent or is held, and seven were paid at once. Beside them three transfers, one still on its way, and a return.
 */
export async function fillCleanBooks({ ours, rails }: Pools, size: BookSize): Promise<void> {
  for (const service of SERVICES) await createCommittedSchemas(ours, service);
  await createCommittedSchemas(rails, 'rail-simulator');
  for (const statement of [...payouts(size), ...grants(), ...payoutEntries(), ...treasuryEntries(), ...chain(), ...treasury(), ...messages(), ...railLog(), ...trails()]) await ours.query(statement);
  for (const statement of house(size)) await rails.query(statement);
  for (const pool of [ours, rails]) await pool.query('ANALYZE');
}

const payoutId = (n: string): string => `('00000000-0000-7000-8000-' || lpad(to_hex(${n}), 12, '0'))::uuid`;
const serialNumber = (n: string, attempt: string): string => `'SERIAL-' || lpad(${n}::text, 9, '0') || '-' || ${attempt}`;
const amount = (n: string): string => `(100 + ${n} % 977)`;
/** The attempts of each payout: number and conclusion. */
const attempts = ({ payouts: count }: BookSize): string =>
  `generate_series(1, ${count}) AS n CROSS JOIN LATERAL (VALUES (1, CASE WHEN n % 10 IN (0, 1) THEN 'FAILED' ELSE 'SUCCEEDED' END), (2, 'SUCCEEDED')) AS a (number, conclusion)
   WHERE n % 10 <> 2 AND (a.number = 1 OR n % 10 = 1)`;

function payouts(size: BookSize): string[] {
  return [
    `INSERT INTO payouts.payee_bank (bank_code, name) VALUES ('102100099996', 'Bank')`,
    `INSERT INTO payouts.merchant (merchant_id, name, state, priority, updated_at) VALUES ('M1', 'Merchant', 'ACTIVE', 5, ${AT})`,
    `INSERT INTO payouts.business_line (code, name, priority, per_item_limit_minor, updated_at) VALUES ('SETTLEMENT', 'Settlement', 5, 100000, ${AT})`,
    `INSERT INTO payouts.payout (payout_id, client_id, request_id, shard, merchant_id, business_line, amount_minor, payee_cipher, payee_hash, payee_masked, bank_code, payee_category,
                                 purpose, instruction_reference, dispatch_order, received_at, business_date, state, told_sequence, updated_at)
     SELECT ${payoutId('n')}, 'settlement', 'REQUEST-' || n, 0, 'M1', 'SETTLEMENT', ${amount('n')}, 'x', 'x', 'x', '102100099996', 'CLIENT_DESIGNATED', 'x', 'x', n, ${AT}, '2026-11-21',
            CASE n % 10 WHEN 0 THEN 'FAILED' WHEN 2 THEN CASE n % 20 WHEN 2 THEN 'EXPIRED' ELSE 'HELD' END ELSE 'SUCCEEDED' END, 2, ${AT}
     FROM generate_series(1, ${size.payouts}) AS n`,
    `INSERT INTO payouts.payout_request (client_id, request_id, payout_id, request_hash) SELECT client_id, request_id, payout_id, ${HASH} FROM payouts.payout`,
    `INSERT INTO payouts.held_entry (payout_id) SELECT payout_id FROM payouts.payout WHERE state = 'HELD'`,
    `CREATE TABLE public.batched AS
     SELECT n, (n - 1) / ${size.perBatch} AS batch, a.number, a.conclusion, ${payoutId('n')} AS payout_id, ${serialNumber('n', 'a.number')} AS serial_number, ${amount('n')}::bigint AS amount
     FROM ${attempts(size)}`,
    `INSERT INTO payouts.attempt (payout_id, attempt_number, route, serial_number, amount_minor, grant_id, request_hash, committed_at, valid_until, conclusion, concluded_by, concluded_at)
     SELECT payout_id, number, 'NETSUNION', serial_number, amount, ${GRANT}, ${HASH}, ${AT}, ${AT}, conclusion, 'ANSWER', ${AT} FROM public.batched`,
  ];
}

/** One reservation and one conclusion for each batch. */
function grants(): string[] {
  return [
    `INSERT INTO quotas.quota (clearing_house, mapped, mapped_explained, rail_available, source, as_of) VALUES ('NETSUNION', ${PLENTY}, ${PLENTY}, ${PLENTY}, 'QUERY', ${AT})`,
    `INSERT INTO payouts.quota_grant (grant_id, clearing_house, shard, epoch, granted_total) VALUES (${GRANT}, 'NETSUNION', 0, 1, ${PLENTY})`,
    `INSERT INTO payouts.grant_movement (grant_id, sequence, kind, reserved_change, consumed_change, payout_count, epoch, granted_after, consumed_after, reserved_after, moved_at)
     SELECT ${GRANT}, row_number() OVER w, kind, reserved, consumed, 1, 1, ${PLENTY}, sum(consumed) OVER w, sum(reserved) OVER w, ${AT}
     FROM (
       SELECT -1 AS batch, 'SET' AS kind, 0 AS reserved, 0 AS consumed
       UNION ALL SELECT batch, 'RESERVED', sum(amount), 0 FROM public.batched GROUP BY batch
       UNION ALL SELECT batch, 'CONCLUDED', -sum(amount), coalesce(sum(amount) FILTER (WHERE conclusion = 'SUCCEEDED'), 0) FROM public.batched GROUP BY batch
     ) m WINDOW w AS (ORDER BY batch, kind DESC)`,
    `UPDATE payouts.quota_grant SET consumed_total = m.consumed_after, reserved = m.reserved_after, movement_sequence = m.sequence
     FROM (SELECT * FROM payouts.grant_movement ORDER BY sequence DESC LIMIT 1) m`,
  ];
}

/** For each batch one of dispatches and one of their ends, in entries of two lines. */
function payoutEntries(): string[] {
  return [
    `INSERT INTO ledger.internal_account (code, name, unit, normal_side, is_control, state, opened_at)
     SELECT code, code, 'CNY', 'CREDIT', false, 'OPEN', ${AT} FROM (VALUES ('2001'), ('2002')) AS a (code)`,
    `INSERT INTO ledger.journal_entry (batch_id, entry_number, value_date, id, unit, rule, reference, hash)
     SELECT 2 * batch + step, row_number() OVER (PARTITION BY batch, step ORDER BY serial_number), '2026-11-21', md5(step || serial_number)::uuid, 'CNY',
            CASE WHEN step = 1 THEN 'payout-dispatched.v1' WHEN conclusion = 'SUCCEEDED' THEN 'payout-succeeded.v1' ELSE 'payout-failed.v1' END, payout_id::text, ${HASH}
     FROM public.batched CROSS JOIN (VALUES (1), (2)) AS s (step)`,
    // The trigger that weighs the lines looks for its tables where the ledger's own role does.
    `SET search_path = ledger; INSERT INTO ledger.journal_line (batch_id, entry_number, line_number, account_id, amount)
     SELECT e.batch_id, e.entry_number, l.number, a.id, l.sign * b.amount
     FROM public.batched b CROSS JOIN (VALUES (1), (2)) AS s (step) JOIN ledger.journal_entry e ON e.id = md5(s.step || b.serial_number)::uuid
     CROSS JOIN (VALUES (1, 1, '2001'), (2, -1, '2002')) AS l (number, sign, code) JOIN ledger.internal_account a USING (code); RESET search_path`,
  ];
}

/** All entries chained as the ledger chains them, and the balances that they come to. */
function chain(): string[] {
  return [
    `INSERT INTO ledger.journal_batch (sequence, id, booked_at, entry_count, line_count, root, hash)
     SELECT row_number() OVER (ORDER BY batch_id), batch_id, ${AT} + batch_id * interval '1 second', count(*), sum(line_count), sha256(string_agg(sha256(convert_to(content, 'UTF8')), ''::bytea ORDER BY entry_number)), ${HASH}
     FROM (
       SELECT e.batch_id, e.entry_number, count(*) AS line_count, concat_ws(E'\\n', e.id, e.unit, e.rule, e.reference, e.value_date, '', '', string_agg(l.account_id || ':' || l.amount, ',' ORDER BY l.line_number), '') AS content
       FROM ledger.journal_entry e JOIN ledger.journal_line l USING (batch_id, entry_number) GROUP BY e.batch_id, e.entry_number
     ) e GROUP BY batch_id`,
    `INSERT INTO ledger.journal_head (sequence, hash, booked_at) VALUES (0, decode(repeat('00', 32), 'hex'), ${AT})`,
    `DO $$
     DECLARE one record; previous bytea := decode(repeat('00', 32), 'hex');
     BEGIN
       FOR one IN SELECT * FROM ledger.journal_batch ORDER BY sequence LOOP
         previous := sha256(previous || one.root || int8send(one.sequence) || int8send(round(extract(epoch FROM one.booked_at) * 1000)::bigint));
         UPDATE ledger.journal_batch SET hash = previous WHERE sequence = one.sequence;
         UPDATE ledger.journal_head SET sequence = one.sequence, hash = previous;
       END LOOP;
     END $$`,
    `INSERT INTO ledger.account_balance (account_id, debit_total, credit_total)
     SELECT account_id, sum(greatest(amount, 0)), sum(greatest(-amount, 0)) FROM ledger.journal_line GROUP BY account_id`,
    `INSERT INTO ledger.balance_point (sequence, account_id, debit_total, credit_total) SELECT h.sequence, b.account_id, b.debit_total, b.credit_total FROM ledger.account_balance b, ledger.journal_head h`,
  ];
}

/** One message a batch, which the ledger has handled. */
function messages(): string[] {
  return [
    `INSERT INTO payouts.outbox_batch (topic, type, message_count, message_ids, partitions, record_offsets)
     SELECT 'jinku.payouts.events', 'payouts.payouts-dispatched.v1', 1, ARRAY[md5('message' || batch)::uuid], ARRAY[0::smallint], ARRAY[batch::bigint] FROM (SELECT DISTINCT batch FROM public.batched) b`,
    `INSERT INTO ledger.message_consumer (consumer, topic, types) VALUES ('ledger.payouts', 'jinku.payouts.events', ARRAY['payouts.payouts-dispatched.v1'])`,
    `INSERT INTO ledger.inbox_message (consumer, message_id) SELECT 'ledger.payouts', unnest(message_ids) FROM payouts.outbox_batch`,
  ];
}

function railLog(): string[] {
  return [
    `INSERT INTO payouts.rail_message (chain, batch_number, position, connector, operation, serial_number, occurred_at, latency_ms, outcome, detail, request_masked, answer_masked)
     SELECT 'writer', batch + 1, row_number() OVER (PARTITION BY batch ORDER BY serial_number), 'NETSUNION', 'SUBMIT', serial_number, ${AT}, 1, conclusion, 'ANSWERED', '', '' FROM public.batched`,
    `INSERT INTO payouts.rail_message_batch (chain, batch_number, message_count, content_digest, hash)
     SELECT chain, batch_number, count(*), sha256(int8send(batch_number)), ${HASH} FROM payouts.rail_message GROUP BY chain, batch_number`,
    `DO $$
     DECLARE one record; previous bytea := decode(repeat('00', 32), 'hex');
     BEGIN
       FOR one IN SELECT * FROM payouts.rail_message_batch ORDER BY batch_number LOOP
         previous := sha256(previous || one.content_digest);
         UPDATE payouts.rail_message_batch SET hash = previous WHERE batch_number = one.batch_number;
       END LOOP;
     END $$`,
    `INSERT INTO payouts.rail_message_chain (chain, batch_number, hash) SELECT chain, batch_number, hash FROM payouts.rail_message_batch ORDER BY batch_number DESC LIMIT 1`,
  ];
}

/** Each service has a trail, and payouts one with entries. */
function trails(): string[] {
  const entry = (sequence: number): string => `SELECT ${sequence}, 'act ${sequence}', sha256(hash || convert_to('act ${sequence}', 'UTF8')) FROM payouts.audit_head`;
  return [
    ...SERVICES.map((service) => `INSERT INTO ${service}.audit_head (sequence, hash) VALUES (0, decode(repeat('00', 32), 'hex'))`),
    ...[1, 2, 3].map(
      (sequence) => `WITH added AS (INSERT INTO payouts.audit_entry (sequence, content, hash) ${entry(sequence)} RETURNING sequence, hash)
                     UPDATE payouts.audit_head SET sequence = added.sequence, hash = added.hash FROM added`,
    ),
  ];
}

/** The house's books: it knows every number, and has paid where we say so. */
function house(size: BookSize): string[] {
  return [
    `INSERT INTO rails.payout_instruction (serial_number, institution_id, amount_minor, payee_account, payee_name, bank_code, purpose, business_line, merchant_id, status, code, rail_reference, clearing_date, concluded_at)
     SELECT ${serialNumber('n', 'a.number')}, 'JINKU001', ${amount('n')}, '6222020200012345678', 'x', '102100099996', 'x', 'SETTLEMENT', 'M1', a.conclusion,
            CASE a.conclusion WHEN 'SUCCEEDED' THEN '0000' ELSE '0101' END, 'R', '2026-11-21', ${AT}
     FROM ${attempts(size)}`,
    treasuryAtHouse(),
    `INSERT INTO settlement.acknowledged_request (request_id, payout_id, how, acknowledged_at)
     SELECT 'REQUEST-' || n, CASE WHEN n % 2 = 0 THEN ${payoutId('n')} END, 'BATCH', ${AT} FROM generate_series(1, ${size.payouts}) AS n`,
  ];
}
