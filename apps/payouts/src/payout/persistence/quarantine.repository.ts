import { Injectable } from '@nestjs/common';
import type { Tx } from '@jinku/persistence';
import type { QuarantineFault } from '../domain/client-message.ts';

/** A message that is kept instead of believed. */
export interface QuarantinedMessage {
  readonly quarantineId: string;
  /** The sender's source and id, or the record's place when it has none. */
  readonly messageId: string;
  readonly clientId: string;
  readonly fault: QuarantineFault;
  readonly reason: string;
  readonly jws: string | null;
  readonly bodyHash: Buffer;
  readonly bodyBytes: number;
  /** The text as it came, encrypted and bound to the quarantine id: it may name payees. */
  readonly contentCipher: string;
}

@Injectable()
export class QuarantineRepository {
  /** Keeps messages as they came, in one statement; a repetition is kept once. */
  async insertMany(tx: Tx, messages: readonly QuarantinedMessage[], now: Date): Promise<void> {
    if (messages.length === 0) return;
    await tx.execute(
      `INSERT INTO quarantined_request (quarantine_id, message_id, client_id, fault, reason, jws, body_hash, body_bytes, content_cipher, received_at)
       SELECT q.*, $10 FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::integer[], $9::text[]) AS q
       ON CONFLICT (message_id, body_hash) DO NOTHING`,
      [
        messages.map((m) => m.quarantineId),
        messages.map((m) => m.messageId),
        messages.map((m) => m.clientId),
        messages.map((m) => m.fault),
        messages.map((m) => m.reason),
        messages.map((m) => m.jws),
        messages.map((m) => m.bodyHash),
        messages.map((m) => m.bodyBytes),
        messages.map((m) => m.contentCipher),
        now,
      ],
    );
  }
}
