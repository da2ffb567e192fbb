import { Inject, Injectable } from '@nestjs/common';
import { Database } from '@jinku/persistence';
import type { PayeeCipher } from '@jinku/security';
import { PAYEE_CIPHER } from '../../config.ts';
import { maskedText, type QuarantineFault } from '../domain/client-message.ts';

export interface QuarantinedMessageView {
  readonly id: string;
  readonly messageId: string;
  /** As the message says; nobody has verified it where the fault is one of the signature. */
  readonly clientId: string;
  readonly fault: QuarantineFault;
  /** Field and rule. */
  readonly reason: string;
  /** SHA-256 of the body as it was received, in hexadecimal: the sender can compare. */
  readonly bodyHash: string;
  readonly bodyBytes: number;
  readonly receivedAt: string;
}

interface QuarantinedMessageRow extends Omit<QuarantinedMessageView, 'bodyHash' | 'receivedAt'> {
  readonly bodyHash: Buffer;
  readonly receivedAt: Date;
}

const COLUMNS = `quarantine_id AS id, message_id AS "messageId", client_id AS "clientId", fault, reason, body_hash AS "bodyHash", body_bytes AS "bodyBytes",
  received_at AS "receivedAt"`;

@Injectable()
export class ListQuarantinedMessages {
  constructor(
    private readonly database: Database,
    @Inject(PAYEE_CIPHER) private readonly cipher: PayeeCipher,
  ) {}

  /** The newest first; one more than the limit, so that the caller knows whether there is a next page. */
  async execute(filter: {
    fault?: QuarantineFault | undefined;
    clientId?: string | undefined;
    after?: string | undefined;
    limit: number;
  }): Promise<QuarantinedMessageView[]> {
    const rows = await this.database.query<QuarantinedMessageRow>(
      `SELECT ${COLUMNS} FROM quarantined_request
       WHERE ($1::text IS NULL OR fault = $1) AND ($2::text IS NULL OR client_id = $2) AND ($3::uuid IS NULL OR quarantine_id < $3)
       ORDER BY quarantine_id DESC LIMIT $4`,
      [filter.fault ?? null, filter.clientId ?? null, filter.after ?? null, filter.limit + 1],
    );
    return rows.map((row) => viewOf(row));
  }

  /** One message with its text, in which nothing names a payee. */
  async find(id: string): Promise<(QuarantinedMessageView & { readonly text: string }) | null> {
    const [row] = await this.database.query<QuarantinedMessageRow & { contentCipher: string }>(
      `SELECT ${COLUMNS}, content_cipher AS "contentCipher" FROM quarantined_request WHERE quarantine_id = $1`,
      [id],
    );
    if (row === undefined) return null;
    const { contentCipher, ...quarantined } = row;
    return { ...viewOf(quarantined), text: maskedText(this.cipher.decrypt(contentCipher, id)) };
  }
}

function viewOf(row: QuarantinedMessageRow): QuarantinedMessageView {
  return { ...row, bodyHash: row.bodyHash.toString('hex'), receivedAt: row.receivedAt.toISOString() };
}
