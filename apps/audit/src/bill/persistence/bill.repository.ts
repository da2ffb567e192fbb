import { Injectable } from '@nestjs/common';
import type { PayoutFileLine } from '@jinku/connectors';
import type { ClearingHouse } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';

export interface BillPlace {
  readonly clearingHouse: ClearingHouse;
  readonly clearingDate: string;
}

export interface BillTotals {
  readonly lineCount: number;
  readonly payoutTotal: bigint;
  readonly returnTotal: bigint;
  readonly linesSha256: Buffer;
}

export interface AcceptedBill extends BillTotals {
  readonly id: string;
}

@Injectable()
export class BillRepository {
  async findAccepted(database: Queryable, { clearingHouse, clearingDate }: BillPlace): Promise<AcceptedBill | null> {
    const [bill] = await database.query<AcceptedBill>(
      `SELECT id, line_count AS "lineCount", payout_total AS "payoutTotal", return_total AS "returnTotal", lines_sha256 AS "linesSha256" FROM payout_bill
       WHERE clearing_house = $1 AND clearing_date = $2 AND state = 'ACCEPTED'`,
      [clearingHouse, clearingDate],
    );
    return bill ?? null;
  }

  async insert(tx: Tx, bill: BillPlace & { readonly id: string; readonly source: 'UPLOAD' | 'RAIL'; readonly fileId: string | null; readonly at: Date }): Promise<void> {
    await tx.execute(`INSERT INTO payout_bill (id, clearing_house, clearing_date, state, source, file_id, begun_at) VALUES ($1, $2, $3, 'RECEIVING', $4, $5, $6)`, [
      bill.id,
      bill.clearingHouse,
      bill.clearingDate,
      bill.source,
      bill.fileId,
      bill.at,
    ]);
  }

  async insertLines(tx: Tx, billId: string, { first, lines }: { first: number; lines: readonly PayoutFileLine[] }): Promise<void> {
    await tx.execute(
      `INSERT INTO payout_bill_line (bill_id, line_number, serial_number, status, amount, rail_reference, executed_at)
       SELECT $1, * FROM unnest($2::int[], $3::text[], $4::text[], $5::bigint[], $6::text[], $7::timestamptz[])`,
      [
        ...[billId, lines.map((_, index) => first + index), lines.map((line) => line.serialNumber), lines.map((line) => line.status)],
        ...[lines.map((line) => line.amountMinor), lines.map((line) => line.railReference), lines.map((line) => line.executedAt)],
      ],
    );
  }

  /** False when the bill was given up meanwhile, or another one of its date was accepted first. */
  async accept(tx: Tx, id: string, { lineCount, payoutTotal, returnTotal, linesSha256, at }: BillTotals & { readonly at: Date }): Promise<boolean> {
    const accepted = await tx.execute(
      `UPDATE payout_bill b SET state = 'ACCEPTED', line_count = $2, payout_total = $3, return_total = $4, lines_sha256 = $5, ended_at = $6
       WHERE b.id = $1 AND b.state = 'RECEIVING' AND NOT EXISTS
         (SELECT FROM payout_bill o WHERE o.clearing_house = b.clearing_house AND o.clearing_date = b.clearing_date AND o.state = 'ACCEPTED')`,
      [id, lineCount, payoutTotal, returnTotal, linesSha256, at],
    );
    return accepted === 1;
  }

  /** What a process left behind that died while it read: none of it counts. */
  async abandonReceiving(tx: Tx, { clearingHouse, clearingDate }: BillPlace, at: Date): Promise<void> {
    await tx.execute(
      `WITH abandoned AS (
         UPDATE payout_bill SET state = 'ABANDONED', ended_at = $3 WHERE clearing_house = $1 AND clearing_date = $2 AND state = 'RECEIVING' RETURNING id
       )
       DELETE FROM payout_bill_line WHERE bill_id IN (SELECT id FROM abandoned)`,
      [clearingHouse, clearingDate, at],
    );
  }
}
