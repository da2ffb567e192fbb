import { Injectable } from '@nestjs/common';
import { uuidv7 } from '@jinku/messaging';
import type { Queryable, Tx } from '@jinku/persistence';
import type { ClientReportFault } from '@jinku/security';

/** Of what is kept of a message that nobody has judged to be well formed. */
const TEXT_CHARACTERS_MAX = 10_000;

export interface Obligations {
  readonly businessDate: string;
  readonly clientId: string;
  readonly sequence: bigint;
  readonly total: bigint;
  readonly asOf: Date;
}

@Injectable()
export class ObligationRepository {
  /** Takes a report; one that is older than what its client has told of the date changes nothing. */
  async upsert(tx: Tx, { businessDate, clientId, sequence, total, asOf, receivedAt }: Obligations & { receivedAt: Date }): Promise<void> {
    await tx.execute(
      `INSERT INTO client_obligations AS o (business_date, client_id, sequence, total, as_of, received_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (business_date, client_id) DO UPDATE SET sequence = excluded.sequence, total = excluded.total, as_of = excluded.as_of, received_at = excluded.received_at
         WHERE o.sequence < excluded.sequence`,
      [businessDate, clientId, sequence, total, asOf, receivedAt],
    );
  }

  /** What each client system has told of a date. */
  listOf(on: Queryable, businessDate: string): Promise<Obligations[]> {
    return on.query<Obligations>(
      `SELECT business_date AS "businessDate", client_id AS "clientId", sequence, total, as_of AS "asOf" FROM client_obligations WHERE business_date = $1 ORDER BY client_id`,
      [businessDate],
    );
  }

  async quarantine(tx: Tx, given: { messageId: string; clientId: string; fault: ClientReportFault; reason: string; body: string; receivedAt: Date }): Promise<void> {
    const text = [given.messageId, given.clientId, given.fault, given.reason, given.body].map((one) => one.replaceAll('\0', '').slice(0, TEXT_CHARACTERS_MAX));
    await tx.execute('INSERT INTO quarantined_obligations (id, message_id, client_id, fault, reason, body, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7)', [uuidv7(), ...text, given.receivedAt]);
  }
}
