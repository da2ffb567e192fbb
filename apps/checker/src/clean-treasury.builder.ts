const AT = `'2026-11-21T02:00:00Z'::timestamptz`;
const HASH = `sha256('x')`;
/** A sweep that arrived, one that is on its way, and fee income that the house paid. */
const [ARRIVED, ON_ITS_WAY, FEES] = ['1', '2', '3'].map((n) => `00000000-0000-7000-8000-00000000f00${n}`) as [string, string, string];
const [RESERVE, PREPAID, OWN] = ['1', '2', '3'].map((n) => `00000000-0000-7000-8000-00000000c00${n}`) as [string, string, string];
const RETURNED = '00000000-0000-7000-8000-000000000003';
/** Above every batch of payouts. */
const BATCH = 1_000_001;

interface TreasuryEntry {
  readonly rule: string;
  readonly reference: string;
  readonly on?: string;
  readonly lines: readonly (readonly [account: string, amount: number])[];
}

const ENTRIES: readonly TreasuryEntry[] = [
  { rule: 'manual.v1', reference: 'OPENING', on: '2026-11-20', lines: [['1001.R', 1_000_000], ['1002.P', 2_000], ['2001', -1_002_000]] },
  { rule: 'manual.v1', reference: 'OPENING', on: '2026-11-20', lines: [['1003.B', 5_000], ['3001', -5_000]] },
  { rule: 'leg-sent.v1', reference: ARRIVED, lines: [['1101.CLIENT', 500], ['1002.P', -500]] },
  { rule: 'leg-arrived.v1', reference: ARRIVED, lines: [['1001.R', 500], ['1101.CLIENT', -500]] },
  { rule: 'leg-sent.v1', reference: ON_ITS_WAY, lines: [['1101.CLIENT', 300], ['1002.P', -300]] },
  { rule: 'fee-income-paid-by-house.v1', reference: FEES, lines: [['2001', 70], ['1201.PAYOUT.PAYABLE', -70], ['1003.B', 70], ['4001', -70]] },
  { rule: 'payout-returned.v1', reference: RETURNED, lines: [['1201.PAYOUT.RECEIVABLE', 30], ['2001', -30]] },
];

/** What the ledger books of transfers, of opening balances and of a returned payout, before its batches are chained. */
export function treasuryEntries(): string[] {
  const codes = new Set(ENTRIES.flatMap(({ lines }) => lines.map(([code]) => code)));
  const accounts = ['1101.OWN', ...codes].filter((code) => code !== '2001').map((code) => `('${code}', '${code}', 'CNY', 'DEBIT', false, 'OPEN', ${AT})`);
  const entries = ENTRIES.map(({ rule, reference, on = '2026-11-21' }, index) => `(${BATCH}, ${index + 1}, '${on}', md5('treasury' || ${index})::uuid, 'CNY', '${rule}', '${reference}', ${HASH})`);
  const lines = ENTRIES.flatMap((entry, index) => entry.lines.map(([code, amount], number) => `(${index + 1}, ${number + 1}, '${code}', ${amount})`));
  return [
    `INSERT INTO ledger.internal_account (code, name, unit, normal_side, is_control, state, opened_at) VALUES ${accounts.join(', ')}`,
    `INSERT INTO ledger.journal_entry (batch_id, entry_number, value_date, id, unit, rule, reference, hash) VALUES ${entries.join(', ')}`,
    `SET search_path = ledger; INSERT INTO ledger.journal_line (batch_id, entry_number, line_number, account_id, amount)
     SELECT ${BATCH}, l.entry, l.number, a.id, l.amount FROM (VALUES ${lines.join(', ')}) AS l (entry, number, code, amount) JOIN ledger.internal_account a USING (code); RESET search_path`,
  ];
}

/** The transfers themselves, and the payout of which a part came back. */
export function treasury(): string[] {
  const order = (id: string, fields: { state: string; amount: number; purpose: string; payer: string; payee: string }): string =>
    `('${id}', '${fields.state}', '${fields.purpose === 'SWEEP_UP' ? "BANK_TRANSFER', NULL" : "NETSUNION_PAYOUT', 'FILED_OWN_FUND'"}, '${fields.purpose}', 'x', ${fields.amount}, '${fields.payer}', '${fields.payee}', 'alice', 'x', '2026-11-21', ${AT},
      ${fields.state === 'RUNNING' ? 'NULL' : AT})`;
  const leg = (id: string, state: string, amount: number): string => `('${id}', 1, '${state}', ${amount}, ${AT})`;
  const movement = (id: string, effect: string, { account, amount }: { account: string; amount: number }): string =>
    `(md5('${id}${effect}')::uuid, '${id}', 1, 'TRANSFER-${id.slice(-1)}', '${effect}', '${account}', ${amount}, '2026-11-21', ${AT})`;
  return [
    `SET session_replication_role = 'replica'`,
    `INSERT INTO transfers.transfer_order (id, state, means, payee_category, purpose, reference, amount, payer_account_id, payee_account_id, requested_by, reason, business_date, requested_at, ended_at) VALUES
     ${order(ARRIVED, { state: 'COMPLETED', amount: 500, purpose: 'SWEEP_UP', payer: PREPAID, payee: RESERVE })}, ${order(ON_ITS_WAY, { state: 'RUNNING', amount: 300, purpose: 'SWEEP_UP', payer: PREPAID, payee: RESERVE })},
     ${order(FEES, { state: 'COMPLETED', amount: 70, purpose: 'FEE_INCOME_TRANSFER', payer: RESERVE, payee: OWN })}`,
    `INSERT INTO transfers.transfer_leg (order_id, leg_number, state, amount, planned_at) VALUES ${leg(ARRIVED, 'SETTLED', 500)}, ${leg(ON_ITS_WAY, 'IN_TRANSIT', 300)}, ${leg(FEES, 'SETTLED', 70)}`,
    `INSERT INTO transfers.leg_movement (movement_id, order_id, leg_number, serial_number, effect, account_id, amount, value_date, settled_at) VALUES
     ${movement(ARRIVED, 'SENT', { account: PREPAID, amount: 500 })}, ${movement(ARRIVED, 'ARRIVED', { account: RESERVE, amount: 500 })}, ${movement(ON_ITS_WAY, 'SENT', { account: PREPAID, amount: 300 })},
     ${movement(FEES, 'PAID_BY_HOUSE', { account: OWN, amount: 70 })}`,
    `INSERT INTO transfers.leg_instruction (serial_number, order_id, leg_number, amount, instructed_at, valid_until, conclusion) VALUES ('TRANSFER-3', '${FEES}', 1, 70, ${AT}, ${AT}, 'SETTLED')`,
    `INSERT INTO payouts.payout_return (notice_id, serial_number, payout_id, amount_minor, is_definite, clearing_date, occurred_at, state, told_at, decided_at)
     VALUES ('RETURN-1', 'SERIAL-000000003-1', '${RETURNED}', 30, true, '2026-11-21', ${AT}, 'RECORDED', ${AT}, ${AT})`,
    `UPDATE payouts.payout SET returned_minor = 30 WHERE payout_id = '${RETURNED}'`,
    `RESET session_replication_role`,
  ];
}

/** The fund-down as the house executed it. */
export function treasuryAtHouse(): string {
  return `INSERT INTO rails.payout_instruction (serial_number, institution_id, amount_minor, payee_account, payee_name, bank_code, purpose, business_line, merchant_id, status, code, rail_reference, clearing_date, concluded_at)
    VALUES ('TRANSFER-3', 'JINKU001', 70, '6214830100000003', 'x', '308584000013', 'x', 'FUND_DOWN', 'x', 'SUCCEEDED', '0000', 'R', '2026-11-21', ${AT})`;
}
