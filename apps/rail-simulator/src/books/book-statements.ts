import type pg from 'pg';

import type { Fault } from '../faults/fault.ts';
import type { PayoutRequest } from '../netsunion/payout-request.ts';
import type { Place } from '../house/house.ts';
import type { QuotaFigures } from '../sessions/settlement.ts';
import type { InstructionRow } from './decide.ts';

export interface InstructionToWrite {
  readonly request: PayoutRequest;
  readonly row: InstructionRow;
  readonly fault: Fault | null;
}

/** One statement for a batch, however large; named, so that it is planned once per connection. */
export async function insertInstructions(client: pg.ClientBase, { clearingHouse, institution }: Place, batch: readonly InstructionToWrite[]): Promise<void> {
  const [first] = batch;
  if (first === undefined) return;
  await client.query({
    name: 'insert-instructions',
    text: `INSERT INTO rails.payout_instruction (serial_number, institution_id, amount_minor, payee_account, payee_name, bank_code, purpose,
             business_line, merchant_id, status, code, rail_reference, clearing_date, concluded_at, told_from, fault, clearing_house)
           SELECT unnest($4::text[]), $1, unnest($5::bigint[]), unnest($6::text[]), unnest($7::text[]), unnest($8::text[]), unnest($9::text[]),
                  unnest($10::text[]), unnest($11::text[]), unnest($12::text[]), unnest($13::text[]), unnest($14::text[]), $2, $3,
                  unnest($15::timestamptz[]), unnest($16::text[]), $17`,
    values: [
      institution,
      first.row.clearingDate,
      first.row.concludedAt,
      batch.map(({ row }) => row.serialNumber),
      batch.map(({ row }) => row.amountMinor.toString()),
      batch.map(({ request }) => request.payeeAccount),
      batch.map(({ request }) => request.payeeName),
      batch.map(({ request }) => request.bankCode),
      batch.map(({ request }) => request.purpose),
      batch.map(({ request }) => request.businessLine),
      batch.map(({ request }) => request.merchantId),
      batch.map(({ row }) => row.status),
      batch.map(({ row }) => row.code),
      batch.map(({ row }) => row.railReference),
      batch.map(({ row }) => row.toldFrom),
      batch.map(({ fault }) => fault?.kind ?? null),
      clearingHouse,
    ],
  });
}

export async function insertForgotten(
  client: pg.ClientBase,
  { clearingHouse }: Place,
  { batch, wallNow }: { batch: readonly { request: PayoutRequest; fault: Fault }[]; wallNow: Date },
): Promise<void> {
  if (batch.length === 0) return;
  await client.query(
    `INSERT INTO rails.forgotten_request (clearing_house, serial_number, payee_account, amount_minor, fault, received_at)
     SELECT $6, serial_number, payee_account, amount_minor, fault, $5
       FROM unnest($1::text[], $2::text[], $3::bigint[], $4::text[]) AS u (serial_number, payee_account, amount_minor, fault)`,
    [
      batch.map(({ request }) => request.serialNumber),
      batch.map(({ request }) => request.payeeAccount),
      batch.map(({ request }) => request.amountMinor.toString()),
      batch.map(({ fault }) => fault.kind),
      wallNow,
      clearingHouse,
    ],
  );
}

export interface QuotaRow extends QuotaFigures {
  /** From when on what was executed stands in the consumption. */
  readonly consumedSince: Date;
}

/** Also the lock that lets one writer at a time decide about numbers and quota. */
export async function lockQuota(client: pg.ClientBase, { clearingHouse, institution }: Place): Promise<QuotaRow> {
  const { rows } = await client.query<{ mapped: string; consumed: string; receipts: string; since: Date }>({
    name: 'lock-quota',
    text: `SELECT mapped_minor AS mapped, consumed_minor AS consumed, receipts_minor AS receipts, consumed_since AS since
             FROM rails.quota WHERE clearing_house = $1 AND institution_id = $2 FOR UPDATE`,
    values: [clearingHouse, institution],
  });
  const [row] = rows;
  if (row === undefined) throw new Error(`institution ${institution} has no quota row`);
  return { mappedMinor: BigInt(row.mapped), consumedMinor: BigInt(row.consumed), receiptsMinor: BigInt(row.receipts), consumedSince: row.since };
}

export async function takenNumbers(client: pg.ClientBase, { clearingHouse }: Place, serialNumbers: readonly string[]): Promise<Set<string>> {
  const { rows } = await client.query<{ serial_number: string }>({
    name: 'taken-numbers',
    text: 'SELECT serial_number FROM rails.payout_instruction WHERE serial_number = ANY($1::text[]) AND clearing_house = $2',
    values: [serialNumbers, clearingHouse],
  });
  return new Set(rows.map((row) => row.serial_number));
}

export async function consumeQuota(client: pg.ClientBase, { clearingHouse, institution }: Place, amountMinor: bigint): Promise<void> {
  if (amountMinor === 0n) return;
  await client.query({
    name: 'consume-quota',
    text: 'UPDATE rails.quota SET consumed_minor = consumed_minor + $3 WHERE clearing_house = $1 AND institution_id = $2',
    values: [clearingHouse, institution, amountMinor.toString()],
  });
}
