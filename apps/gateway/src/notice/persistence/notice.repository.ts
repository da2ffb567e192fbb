import { Injectable } from '@nestjs/common';
import type { RailNotice } from '@jinku/connectors';
import { ClearingHouse } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';
import type { QuarantineFault } from '../domain/quarantine-fault.ts';

export interface StoredNotice {
  readonly notice: RailNotice;
  readonly body: string;
}

@Injectable()
export class NoticeRepository {
  /** The ids of those that were not stored before. The ids given are distinct. */
  async insertNew(tx: Tx, notices: readonly StoredNotice[], receivedAt: Date): Promise<ReadonlySet<string>> {
    const rows = await tx.query<{ notice_id: string }>(
      `INSERT INTO rail_notice (clearing_house, notice_id, kind, serial_number, body, received_at)
       SELECT $1, n.notice_id, n.kind, n.serial_number, n.body, $2
       FROM unnest($3::text[], $4::text[], $5::text[], $6::text[]) AS n(notice_id, kind, serial_number, body)
       ON CONFLICT (clearing_house, notice_id) DO NOTHING RETURNING notice_id`,
      [
        ClearingHouse.NETSUNION,
        receivedAt,
        notices.map(({ notice }) => notice.noticeId),
        notices.map(({ notice }) => notice.kind),
        notices.map(({ notice }) => notice.serialNumber),
        notices.map(({ body }) => body),
      ],
    );
    return new Set(rows.map((row) => row.notice_id));
  }

  /** The stored text of each id. */
  async bodiesOf(tx: Tx, noticeIds: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await tx.query<{ notice_id: string; body: string }>(
      'SELECT notice_id, body FROM rail_notice WHERE clearing_house = $1 AND notice_id = ANY ($2::text[])',
      [ClearingHouse.NETSUNION, noticeIds],
    );
    return new Map(rows.map((row) => [row.notice_id, row.body]));
  }

  async quarantine(queryable: Queryable, given: { fault: QuarantineFault; address: string; body: Buffer; receivedAt: Date }): Promise<void> {
    await queryable.query('INSERT INTO quarantined_notice (clearing_house, fault, address, body, received_at) VALUES ($1, $2, $3, $4, $5)', [
      ClearingHouse.NETSUNION,
      given.fault,
      given.address,
      given.body,
      given.receivedAt,
    ]);
  }
}
