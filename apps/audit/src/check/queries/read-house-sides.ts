import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import { Database } from '@jinku/persistence';
import type { HouseResult, SessionFigures } from '../domain/check-session.ts';
import type { OurLine, TheirLine } from '../domain/match-lines.ts';

/** Lines that are in memory at a time, of each side. */
const LINES_PER_PAGE = 10_000;

interface Place {
  readonly clearingHouse: ClearingHouse;
  readonly clearingDate: string;
}

/** What tells whether anything came in since the last look, without reading the lines. */
export interface OurTotals extends SessionFigures {
  readonly attemptCount: bigint;
  readonly returnCount: bigint;
  readonly fundDowns: bigint;
}

@Injectable()
export class ReadHouseSides {
  constructor(private readonly database: Database) {}

  /** Payouts with those transfers that a house paid out; a house settles both alike. */
  async ourTotals({ clearingHouse, clearingDate }: Place): Promise<OurTotals> {
    const [row] = await this.database.query<Record<keyof OurTotals, bigint>>(
      `SELECT coalesce((SELECT attempt_count FROM own_payout_day WHERE clearing_house = $1 AND clearing_date = $2), 0)::bigint AS "attemptCount",
         (coalesce((SELECT success_total FROM own_payout_day WHERE clearing_house = $1 AND clearing_date = $2), 0) + f.total)::bigint AS payouts, f.count AS "fundDowns",
         r.total AS returns, r.count AS "returnCount", (SELECT coalesce(sum(total), 0)::bigint FROM own_receipts WHERE clearing_house = $1 AND clearing_date = $2) AS receipts
       FROM (SELECT count(*) AS count, coalesce(sum(amount), 0)::bigint AS total FROM transfer_movement
             WHERE clearing_house = $1 AND value_date = $2 AND effect = 'PAID_BY_HOUSE') f,
            (SELECT count(*) AS count, coalesce(sum(amount), 0)::bigint AS total FROM own_return WHERE clearing_house = $1 AND clearing_date = $2) r`,
      [clearingHouse, clearingDate],
    );
    return row ?? { attemptCount: 0n, payouts: 0n, fundDowns: 0n, returns: 0n, returnCount: 0n, receipts: 0n };
  }

  async houseResult({ clearingHouse, clearingDate }: Place): Promise<HouseResult | null> {
    const [session] = await this.database.query<HouseResult>('SELECT state, payouts, returns, receipts, net FROM clearing_session WHERE clearing_house = $1 AND clearing_date = $2', [
      clearingHouse,
      clearingDate,
    ]);
    return session ?? null;
  }

  async hasCollections({ clearingHouse, clearingDate }: Place): Promise<boolean> {
    return (await this.database.query('SELECT FROM own_receipts WHERE clearing_house = $1 AND clearing_date = $2 LIMIT 1', [clearingHouse, clearingDate])).length > 0;
  }

  /** In the order of their serial numbers. Each list is cut to a page before they are joined, so that no page sorts what follows it. */
  ourPayouts({ clearingHouse, clearingDate }: Place): AsyncIterable<OurLine> {
    return this.#pages<OurLine & { place: string }>(
      `SELECT serial_number AS "serialNumber", serial_number AS place, amount, has_succeeded AS "hasSucceeded" FROM (
         (SELECT serial_number, amount, has_succeeded FROM own_payout WHERE clearing_house = $1 AND clearing_date = $2 AND serial_number > $3 ORDER BY serial_number LIMIT $4)
         UNION ALL
         (SELECT serial_number, amount, true FROM transfer_movement WHERE clearing_house = $1 AND value_date = $2 AND effect = 'PAID_BY_HOUSE' AND serial_number > $3
          ORDER BY serial_number LIMIT $4)
       ) ours ORDER BY serial_number LIMIT $4`,
      [clearingHouse, clearingDate],
    );
  }

  ourReturns({ clearingHouse, clearingDate }: Place): AsyncIterable<OurLine> {
    return this.#pages<OurLine & { place: string }>(
      `SELECT serial_number AS "serialNumber", serial_number || chr(1) || return_id COLLATE "C" AS place, amount, true AS "hasSucceeded" FROM own_return
       WHERE clearing_house = $1 AND clearing_date = $2 AND serial_number || chr(1) || return_id COLLATE "C" > $3
       ORDER BY serial_number || chr(1) || return_id COLLATE "C" LIMIT $4`,
      [clearingHouse, clearingDate],
    );
  }

  async *billLines(billId: string, status: 'SUCCEEDED' | 'RETURNED'): AsyncGenerator<TheirLine> {
    let [serialNumber, lineNumber] = ['', 0];
    for (;;) {
      const page = await this.database.query<TheirLine & { lineNumber: number }>(
        `SELECT serial_number AS "serialNumber", amount, line_number AS "lineNumber" FROM payout_bill_line
         WHERE bill_id = $1 AND status = $2 AND (serial_number, line_number) > ($3, $4) ORDER BY serial_number, line_number LIMIT $5`,
        [billId, status, serialNumber, lineNumber, LINES_PER_PAGE],
      );
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < LINES_PER_PAGE) return;
      [serialNumber, lineNumber] = [last.serialNumber, last.lineNumber];
    }
  }

  /** Of some serial numbers, those that the other side has on the day before or after: a difference of the day cut, not of money. */
  async onNeighbouringDays({ clearingHouse, clearingDate }: Place, serialNumbers: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await this.database.query<{ serialNumber: string; day: string }>(
      `SELECT serial_number AS "serialNumber", clearing_date AS day FROM own_payout
       WHERE clearing_house = $1 AND clearing_date IN ($2::date - 1, $2::date + 1) AND has_succeeded AND serial_number = ANY ($3::text[])
       UNION ALL
       SELECT l.serial_number, b.clearing_date FROM payout_bill b JOIN payout_bill_line l ON l.bill_id = b.id AND l.status = 'SUCCEEDED' AND l.serial_number = ANY ($3::text[])
       WHERE b.clearing_house = $1 AND b.clearing_date IN ($2::date - 1, $2::date + 1) AND b.state = 'ACCEPTED'`,
      [clearingHouse, clearingDate, serialNumbers],
    );
    return new Map(rows.map(({ serialNumber, day }) => [serialNumber, day]));
  }

  async *#pages<R extends { place: string }>(sql: string, parameters: readonly unknown[]): AsyncGenerator<R> {
    let place = '';
    for (;;) {
      const page = await this.database.query<R>(sql, [...parameters, place, LINES_PER_PAGE]);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < LINES_PER_PAGE) return;
      place = last.place;
    }
  }
}
