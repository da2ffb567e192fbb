const HASH = `decode(repeat('ab', 32), 'hex')`;
const AT = `'2026-11-21T02:00:00Z'`;

interface PlantedEntry {
  readonly rule: string;
  /** Of the entry in its batch, which stands outside every other. */
  readonly number?: number;
  readonly on?: string;
  readonly lines: readonly (readonly [account: string, amount: number])[];
}

/** An entry in no batch of the chain, in the money of accounts that the books have. */
export function planted({ rule, number = 1, on = '2026-11-21', lines }: PlantedEntry): string {
  const values = lines.map(([code, amount], index) => `(${index + 1}, '${code}', ${amount})`);
  return `WITH e AS (
            INSERT INTO ledger.journal_entry (batch_id, entry_number, value_date, id, unit, rule, reference, hash)
            VALUES (-1, ${number}, '${on}', gen_random_uuid(), 'CNY', '${rule}', 'SELF-TEST', ${HASH})
          )
          INSERT INTO ledger.journal_line (batch_id, entry_number, line_number, account_id, amount)
          SELECT -1, ${number}, l.number, a.id, l.amount FROM (VALUES ${values.join(', ')}) AS l (number, code, amount) JOIN ledger.internal_account a USING (code)`;
}

export function plantedAccount(code: string): string {
  return `INSERT INTO ledger.internal_account (code, name, unit, normal_side, is_control, state, opened_at) VALUES ('${code}', 'self-test', 'CNY', 'DEBIT', false, 'OPEN', ${AT})`;
}

/** An order that calls itself completed, of which the money has only left. */
export function plantedTransfer(id: string): string[] {
  return [
    `INSERT INTO transfers.transfer_order (id, state, means, purpose, reference, amount, payer_account_id, payee_account_id, requested_by, reason, business_date, requested_at, ended_at)
     VALUES (${id}, 'COMPLETED', 'BANK_TRANSFER', 'SWEEP_UP', 'self-test', 100, gen_random_uuid(), gen_random_uuid(), 'self-test', 'self-test', '2026-11-21', ${AT}, ${AT})`,
    `INSERT INTO transfers.leg_movement (movement_id, order_id, leg_number, serial_number, effect, account_id, amount, value_date, settled_at)
     VALUES (gen_random_uuid(), ${id}, 1, 'SELFTEST', 'SENT', gen_random_uuid(), 100, '2026-11-21', ${AT})`,
  ];
}
