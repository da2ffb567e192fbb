import { createHash } from 'node:crypto';
import type pg from 'pg';
import { counted, rowsOf, type Invariant, type Offenders } from './invariant.ts';

const SERVICES = ['accounts', 'ledger', 'quotas', 'payouts', 'transfers', 'audit', 'gateway'] as const;
const GENESIS = Buffer.alloc(32);
/** Figures that are read from the rails and told for as long as the services run: their stream has no end, so the youngest may still be under way. */
const TOLD_WITHOUT_END = ['quotas.position-observed.v1', 'quotas.quota-observed.v1'];
const UNDER_WAY_SECONDS = 10;
/** Each has hundreds of entries, which are all recomputed. */
const BATCHES_PER_PAGE = 50n;

export const N2: Invariant = {
  id: 'N2',
  sentence: 'each journal entry sums to zero and never mixes units',
  async examine({ ours }, _options, offenders) {
    await offenders.addRows(
      ours,
      'an entry that does not sum to zero',
      `SELECT e.id, e.unit, coalesce(l.sum, 0) AS sum, coalesce(l.lines, 0) AS lines FROM ledger.journal_entry e
       LEFT JOIN (SELECT batch_id, entry_number, sum(amount) AS sum, count(*) AS lines FROM ledger.journal_line GROUP BY batch_id, entry_number) l USING (batch_id, entry_number)
       WHERE l.sum IS DISTINCT FROM 0 OR l.lines < 2`,
    );
    await offenders.addRows(
      ours,
      'a line in another unit than its entry, or on a parent account',
      `SELECT e.id, e.unit, a.code, a.unit AS account_unit FROM ledger.journal_line l JOIN ledger.journal_entry e USING (batch_id, entry_number)
       LEFT JOIN ledger.internal_account a ON a.id = l.account_id WHERE a.id IS NULL OR a.unit <> e.unit OR a.is_control`,
    );
    await offenders.addRows(
      ours,
      'a line without its entry',
      `SELECT l.batch_id, l.entry_number, l.line_number FROM ledger.journal_line l LEFT JOIN ledger.journal_entry e USING (batch_id, entry_number) WHERE e.id IS NULL`,
    );
    return await counted(ours, { entries: 'ledger.journal_entry', lines: 'ledger.journal_line' });
  },
};

export const N3: Invariant = {
  id: 'N3',
  sentence: 'each balance equals its journal',
  async examine({ ours }, _options, offenders) {
    await offenders.addRows(
      ours,
      'a balance that is not the sum of its lines',
      `SELECT coalesce(a.code, account_id::text) AS account, b.debit_total, b.credit_total, l.debit, l.credit FROM ledger.account_balance b
       FULL JOIN (SELECT account_id, sum(greatest(amount, 0)) AS debit, sum(greatest(-amount, 0)) AS credit FROM ledger.journal_line GROUP BY account_id) l USING (account_id)
       LEFT JOIN ledger.internal_account a ON a.id = account_id
       WHERE coalesce(b.debit_total, 0) <> coalesce(l.debit, 0) OR coalesce(b.credit_total, 0) <> coalesce(l.credit, 0)`,
    );
    await offenders.addRows(
      ours,
      'a balance that is not its last point',
      `SELECT a.code, b.debit_total, b.credit_total, p.debit_total AS point_debit, p.credit_total AS point_credit FROM ledger.account_balance b
       JOIN ledger.internal_account a ON a.id = b.account_id
       JOIN (SELECT DISTINCT ON (account_id) account_id, debit_total, credit_total FROM ledger.balance_point ORDER BY account_id, sequence DESC) p
         ON p.account_id = b.account_id
       WHERE p.debit_total <> b.debit_total OR p.credit_total <> b.credit_total`,
    );
    return await counted(ours, { balances: 'ledger.account_balance', lines: 'ledger.journal_line', points: 'ledger.balance_point' });
  },
};

/** What the outbox says was published, each message once; and that every consumer of it has handled it. */
export const N5: Invariant = {
  id: 'N5',
  sentence: 'each outbox row took effect once',
  needs: SERVICES,
  async examine({ ours }, { isQuiescent }, offenders) {
    const looked = { published: 0n, handled: 0n };
    for (const service of SERVICES) {
      await offenders.addRows(
        ours,
        `a message of ${service} published twice`,
        `SELECT message_id, count(*) AS times FROM ${service}.outbox_batch, unnest(message_ids) AS message_id GROUP BY message_id HAVING count(*) > 1`,
      );
      const { published = 0n, handled = 0n } = await counted(ours, { published: `${service}.outbox_batch, unnest(message_ids)`, handled: `${service}.inbox_message` });
      looked.published += published;
      looked.handled += handled;
      if (isQuiescent) await unsettled(ours, service, offenders);
    }
    return looked;
  },
};

async function unsettled(ours: pg.Client, service: string, offenders: Offenders): Promise<void> {
  await offenders.addRows(ours, `a message of ${service} that was not published`, `SELECT id, type FROM ${service}.outbox_message WHERE ${isDue('type', 'id')}`, DUE);
  await offenders.addRows(ours, `a message parked at ${service}`, `SELECT message_id, type, failure FROM ${service}.parked_message WHERE state IN ('PARKED', 'BEHIND', 'DUE')`);
  for (const producer of SERVICES) {
    await offenders.addRows(
      ours,
      `a message of ${producer} that ${service} has not handled`,
      `SELECT c.consumer, b.type, m.message_id FROM ${producer}.outbox_batch b CROSS JOIN unnest(b.message_ids) AS m (message_id)
       JOIN ${service}.message_consumer c ON c.topic = b.topic AND b.type = ANY (c.types)
       LEFT JOIN ${service}.inbox_message i ON i.consumer = c.consumer AND i.message_id = m.message_id WHERE i.message_id IS NULL AND ${isDue('b.type', 'm.message_id')}`,
      DUE,
    );
  }
}

const DUE = [TOLD_WITHOUT_END, UNDER_WAY_SECONDS];

/** A message's id has the time it was told at; an id of another kind is due at once. */
function isDue(type: string, id: string): string {
  return `(${type} <> ALL ($1::text[]) OR coalesce(uuid_extract_timestamp(${id}) < now() - make_interval(secs => $2), true))`;
}

export const N9: Invariant = {
  id: 'N9',
  sentence: 'hash chains verify',
  needs: SERVICES,
  async examine({ ours }, _options, offenders) {
    await brokenJournal(ours, offenders);
    await strayEntries(ours, offenders);
    await brokenRailLog(ours, offenders);
    for (const service of SERVICES) await brokenAuditTrail(ours, service, offenders);
    const { trail = 0n } = await counted(ours, { trail: `(${SERVICES.map((service) => `SELECT 1 FROM ${service}.audit_entry`).join(' UNION ALL ')}) AS entries` });
    return { ...(await counted(ours, { 'journal batches': 'ledger.journal_batch', 'rail message batches': 'payouts.rail_message_batch' })), 'audit entries': trail };
  },
};

/** The chain covers batches: what stands in none of them would never be looked at. */
async function strayEntries(ours: pg.Client, offenders: Offenders): Promise<void> {
  await offenders.addRows(
    ours,
    'an entry outside every batch',
    `SELECT e.id, e.batch_id FROM ledger.journal_entry e LEFT JOIN ledger.journal_batch b ON b.id = e.batch_id WHERE b.id IS NULL`,
  );
}

/** The links of what was said to the rails, the head, and how many messages each batch has. */
async function brokenRailLog(ours: pg.Client, offenders: Offenders): Promise<void> {
  await offenders.addRows(
    ours,
    'a batch of the rail log that does not follow from the one before',
    `SELECT chain, batch_number FROM (
       SELECT *, lag(hash, 1, decode(repeat('00', 32), 'hex')) OVER w AS previous, lag(batch_number, 1, 0::bigint) OVER w AS before
       FROM payouts.rail_message_batch WINDOW w AS (PARTITION BY chain ORDER BY batch_number)
     ) b WHERE batch_number <> before + 1 OR hash <> sha256(previous || content_digest)`,
  );
  await offenders.addRows(
    ours,
    'a chain of the rail log that does not end where its head says',
    `SELECT chain, h.batch_number AS head, l.batch_number AS last FROM payouts.rail_message_chain h
     FULL JOIN (SELECT DISTINCT ON (chain) chain, batch_number, hash FROM payouts.rail_message_batch ORDER BY chain, batch_number DESC) l USING (chain)
     WHERE h.hash IS DISTINCT FROM l.hash OR h.batch_number IS DISTINCT FROM l.batch_number`,
  );
  await offenders.addRows(
    ours,
    'a batch of the rail log with messages missing or added',
    `SELECT chain, batch_number, b.message_count, m.messages FROM payouts.rail_message_batch b
     FULL JOIN (SELECT chain, batch_number, count(*) AS messages FROM payouts.rail_message GROUP BY chain, batch_number) m USING (chain, batch_number)
     WHERE b.message_count IS DISTINCT FROM m.messages`,
  );
}

interface Batch {
  readonly sequence: string;
  readonly id: string;
  readonly booked_ms: string;
  readonly root: Buffer;
  readonly hash: Buffer;
}

/** Follows the chain batch by batch and recomputes every entry from its lines. */
async function brokenJournal(ours: pg.Client, offenders: Offenders): Promise<void> {
  let previous: Buffer = GENESIS;
  let last = 0n;
  for (;;) {
    const { rows: batches } = await ours.query<Batch>(
      `SELECT sequence, id, round(extract(epoch FROM booked_at) * 1000)::bigint AS booked_ms, root, hash
       FROM ledger.journal_batch WHERE sequence > $1 ORDER BY sequence LIMIT $2`,
      [last.toString(), BATCHES_PER_PAGE.toString()],
    );
    const roots = await recomputedRoots(ours, batches.map(({ id }) => id));
    for (const batch of batches) {
      const sequence = BigInt(batch.sequence);
      const root = roots.get(batch.id) ?? Buffer.alloc(0);
      const hash = sha256(previous, batch.root, int8(sequence), int8(BigInt(batch.booked_ms)));
      if (sequence !== last + 1n) return offenders.add('a batch of the journal that is missing', `before sequence=${sequence}`);
      if (!root.equals(batch.root)) return offenders.add('a batch of the journal whose entries were changed', `sequence=${sequence}`);
      if (!hash.equals(batch.hash)) return offenders.add('a batch of the journal that does not follow from the one before', `sequence=${sequence}`);
      previous = batch.hash;
      last = sequence;
    }
    if (BigInt(batches.length) < BATCHES_PER_PAGE) break;
  }
  const { rows } = await ours.query<{ sequence: string; hash: Buffer }>('SELECT sequence, hash FROM ledger.journal_head');
  const head = rows[0];
  const isAtHead = head !== undefined && BigInt(head.sequence) === last && (last === 0n || head.hash.equals(previous));
  if (!isAtHead) offenders.add('a journal that does not end where its head says', `sequence=${last}`);
}

async function recomputedRoots(ours: pg.Client, batchIds: readonly string[]): Promise<Map<string, Buffer>> {
  const { rows } = await ours.query<{ batch_id: string; content: string }>(
    `SELECT e.batch_id, concat_ws(E'\\n', e.id, e.unit, e.rule, e.reference, e.value_date, coalesce(e.reverses::text, ''), coalesce(e.pending_id::text, ''),
                                  l.lines, coalesce(e.description, '')) AS content
     FROM ledger.journal_entry e
     JOIN LATERAL (
       SELECT coalesce(string_agg(account_id || ':' || amount, ',' ORDER BY line_number), '') AS lines
       FROM ledger.journal_line WHERE batch_id = e.batch_id AND entry_number = e.entry_number
     ) l ON true
     WHERE e.batch_id = ANY ($1::bigint[]) ORDER BY e.batch_id, e.entry_number`,
    [batchIds],
  );
  const hashes = new Map<string, Buffer[]>(batchIds.map((id) => [id, []]));
  for (const { batch_id: id, content } of rows) hashes.get(id)?.push(sha256(Buffer.from(content)));
  return new Map([...hashes].map(([id, parts]) => [id, sha256(...parts)]));
}

interface AuditRow {
  readonly [column: string]: unknown;
  readonly sequence: string;
  readonly content: string;
  readonly hash: Buffer;
}

async function brokenAuditTrail(ours: pg.Client, service: string, offenders: Offenders): Promise<void> {
  let previous: Buffer = GENESIS;
  let last = 0n;
  for await (const { sequence, content, hash } of rowsOf<AuditRow>(ours, `SELECT sequence, content, hash FROM ${service}.audit_entry ORDER BY sequence`)) {
    const isNext = BigInt(sequence) === last + 1n && sha256(previous, Buffer.from(content)).equals(hash);
    // What follows from a wrong link is wrong as well: the first one is told, and the chain is taken up again behind it.
    if (!isNext) offenders.add(`a row of the audit trail of ${service} that does not follow from the one before`, `sequence=${sequence}`);
    previous = hash;
    last = BigInt(sequence);
  }
  const { rows: heads } = await ours.query<{ sequence: string; hash: Buffer }>(`SELECT sequence, hash FROM ${service}.audit_head`);
  const head = heads[0];
  const isAtHead = head !== undefined && BigInt(head.sequence) === last && (last === 0n || head.hash.equals(previous));
  if (!isAtHead) offenders.add(`an audit trail of ${service} that does not end where its head says`, `sequence=${last}`);
}

function sha256(...parts: readonly Buffer[]): Buffer {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
}

function int8(value: bigint): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64BE(value);
  return bytes;
}
