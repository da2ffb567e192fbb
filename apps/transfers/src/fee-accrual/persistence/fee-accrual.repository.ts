import { Injectable } from '@nestjs/common';
import { uuidv7 } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import type { ClientReportFault } from '@jinku/security';

/** Of what is kept of a message that nobody has judged to be well formed. */
const TEXT_CHARACTERS_MAX = 10_000;

@Injectable()
export class FeeAccrualRepository {
  /** Takes a report; one that is older than what is known changes nothing. */
  async follow(tx: Tx, given: { sequence: number; accruedMinor: bigint; asOf: Date }): Promise<void> {
    await tx.execute('UPDATE fee_accrual SET sequence = $1, accrued_total = $2, as_of = $3 WHERE sequence < $1', [given.sequence, given.accruedMinor, given.asOf]);
  }

  async quarantine(tx: Tx, given: { messageId: string; clientId: string; fault: ClientReportFault; reason: string; body: string; receivedAt: Date }): Promise<void> {
    const text = [given.messageId, given.clientId, given.fault, given.reason, given.body].map((one) => one.replaceAll('\0', '').slice(0, TEXT_CHARACTERS_MAX));
    await tx.execute('INSERT INTO quarantined_fee_accrual (id, message_id, client_id, fault, reason, body, received_at) VALUES ($1, $2, $3, $4, $5, $6, $7)', [
      uuidv7(),
      ...text,
      given.receivedAt,
    ]);
  }

  /** What is on record, with its lock: whoever orders fee income comes one after the other. */
  async lock(tx: Tx): Promise<bigint> {
    const [row] = await tx.query<{ accrued_total: bigint }>('SELECT accrued_total FROM fee_accrual FOR UPDATE');
    return row?.accrued_total ?? 0n;
  }
}
