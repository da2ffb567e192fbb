import { Injectable } from '@nestjs/common';
import type { RailNotice } from '@jinku/connectors';
import type { ClearingHouse } from '@jinku/contracts';
import type { Queryable, Tx } from '@jinku/persistence';
import type { QuarantineFault } from '../domain/quarantine-fault.ts';

export interface StoredNotice {
  readonly notice: RailNotice;
  readonly body: string;
}

/** Ids are the houses' own: only with the house's name is one unique. */
export function noticeKey({ clearingHouse, noticeId }: Pick<RailNotice, 'clearingHouse' | 'noticeId'>): string {
  return `${clearingHouse} ${noticeId}`;
}

@Injectable()
export class NoticeRepository {
  /** Those that were not stored before. The notices given are distinct by house and id. */
  async insertNew(tx: Tx, notices: readonly StoredNotice[], receivedAt: Date): Promise<ReadonlySet<StoredNotice>> {
    const rows = await tx.query<{ clearing_house: ClearingHouse; notice_id: string }>(
      `INSERT INTO rail_notice (clearing_house, notice_id, kind, serial_number, body, received_at)
       SELECT n.clearing_house, n.notice_id, n.kind, n.serial_number, n.body, $1
       FROM unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::text[]) AS n(clearing_house, notice_id, kind, serial_number, body)
       ON CONFLICT (clearing_house, notice_id) DO NOTHING RETURNING clearing_house, notice_id`,
      [
        receivedAt,
        notices.map(({ notice }) => notice.clearingHouse),
        notices.map(({ notice }) => notice.noticeId),
        notices.map(({ notice }) => notice.kind),
        notices.map(({ notice }) => notice.serialNumber),
        notices.map(({ body }) => body),
      ],
    );
    const created = new Set(rows.map((row) => noticeKey({ clearingHouse: row.clearing_house, noticeId: row.notice_id })));
    return new Set(notices.filter(({ notice }) => created.has(noticeKey(notice))));
  }

  /** The stored text of each, by `noticeKey`. */
  async bodiesOf(tx: Tx, notices: readonly Pick<RailNotice, 'clearingHouse' | 'noticeId'>[]): Promise<ReadonlyMap<string, string>> {
    const rows = await tx.query<{ clearing_house: ClearingHouse; notice_id: string; body: string }>(
      `SELECT clearing_house, notice_id, body FROM rail_notice
       WHERE (clearing_house, notice_id) IN (SELECT * FROM unnest($1::text[], $2::text[]))`,
      [notices.map(({ clearingHouse }) => clearingHouse), notices.map(({ noticeId }) => noticeId)],
    );
    return new Map(rows.map((row) => [noticeKey({ clearingHouse: row.clearing_house, noticeId: row.notice_id }), row.body]));
  }

  async quarantine(queryable: Queryable, given: { clearingHouse: ClearingHouse; fault: QuarantineFault; address: string; body: Buffer; receivedAt: Date }): Promise<void> {
    await queryable.query('INSERT INTO quarantined_notice (clearing_house, fault, address, body, received_at) VALUES ($1, $2, $3, $4, $5)', [
      given.clearingHouse,
      given.fault,
      given.address,
      given.body,
      given.receivedAt,
    ]);
  }
}
