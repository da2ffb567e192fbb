import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import type { CollectionFault, CountedTotal } from '../domain/collection-message.ts';

export interface CollectionKey {
  readonly clearingHouse: ClearingHouse;
  readonly clearingDate: string;
  readonly channel: string;
}

const TEXT_CHARACTERS_MAX = 2_000;

@Injectable()
export class CollectionRepository {
  async find(tx: Tx, { clearingHouse, clearingDate, channel }: CollectionKey): Promise<CountedTotal | null> {
    const [row] = await tx.query<CountedTotal>(
      `SELECT sequence::double precision AS sequence, amount_total AS "amountTotal", is_final AS "isFinal" FROM collection_total WHERE clearing_house = $1 AND clearing_date = $2 AND channel = $3`,
      [clearingHouse, clearingDate, channel],
    );
    return row ?? null;
  }

  async upsert(tx: Tx, { clearingHouse, clearingDate, channel }: CollectionKey, given: CountedTotal & { countTotal: number; asOf: string; countedAt: Date }): Promise<void> {
    await tx.execute(
      `INSERT INTO collection_total (clearing_house, clearing_date, channel, sequence, count_total, amount_total, is_final, as_of, counted_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (clearing_house, clearing_date, channel) DO UPDATE SET sequence = excluded.sequence, count_total = excluded.count_total,
         amount_total = excluded.amount_total, is_final = excluded.is_final, as_of = excluded.as_of, counted_at = excluded.counted_at`,
      [clearingHouse, clearingDate, channel, given.sequence, given.countTotal, given.amountTotal, given.isFinal, given.asOf, given.countedAt],
    );
  }

  async quarantine(tx: Tx, given: { messageId: string; clientId: string; fault: CollectionFault; reason: string; body: string; receivedAt: Date }): Promise<void> {
    const text = [given.messageId, given.clientId, given.fault, given.reason, given.body].map((one) => one.replaceAll('\0', '').slice(0, TEXT_CHARACTERS_MAX));
    await tx.execute('INSERT INTO quarantined_collection (id, message_id, client_id, fault, reason, body, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7)', [
      uuidv7(),
      ...text,
      given.receivedAt,
    ]);
  }
}
