import { Injectable } from '@nestjs/common';
import type { Envelope } from '@jinku/messaging';
import type { Tx } from '@jinku/persistence';
import type { QuarantineFault } from '../domain/client-message.ts';

@Injectable()
export class QuarantineRepository {
  /** Keeps the message as it came; a repetition is kept once. */
  async insert(tx: Tx, given: { message: Envelope; clientId: string; fault: QuarantineFault; now: Date }): Promise<void> {
    const { message, clientId, fault, now } = given;
    await tx.execute(
      `INSERT INTO quarantined_request (message_id, client_id, fault, jws, content, received_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (message_id) DO NOTHING`,
      [`${message.source} ${message.id}`.replaceAll('\0', ''), clientId.replaceAll('\0', ''), fault, message.headers['jws']?.replaceAll('\0', '') ?? null, Buffer.from(message.body), now],
    );
  }
}
