import { createHash } from 'node:crypto';
import { Inject, Injectable } from '@nestjs/common';
import type { Clock } from '@jinku/calendar';
import type { Queryable, Tx } from '@jinku/persistence';
import type { Actor } from './actor.ts';
import { canonicalJson } from './idempotency.ts';
import { CLOCK } from './tokens.ts';
import { currentTrace } from './trace-context.ts';

export interface AuditRecord {
  /** Absent when a rule or a schedule acted. */
  readonly actor: Pick<Actor, 'kind' | 'id'> | null;
  readonly action: string;
  readonly subject: string;
  readonly reason?: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

interface AuditRow {
  readonly sequence: bigint;
  readonly content: string;
  readonly hash: Buffer;
}

/** Who did what, when and why, before and after: append-only, each row's hash over the one before it. For decisions of people, not for hot paths. */
@Injectable()
export class AuditTrail {
  constructor(@Inject(CLOCK) private readonly clock: Clock) {}

  async record(tx: Tx, entry: AuditRecord): Promise<void> {
    const content = canonicalJson({ ...entry, at: this.clock.now().toISOString(), correlationId: currentTrace()?.correlationId });
    const [head] = await tx.query<{ sequence: bigint; hash: Buffer }>('SELECT sequence, hash FROM audit_head FOR UPDATE');
    if (head === undefined) throw new Error('the audit trail has a head from its migration on');
    const sequence = head.sequence + 1n;
    const hash = linkHash(head.hash, content);
    await tx.execute('INSERT INTO audit_entry (sequence, content, hash) VALUES ($1, $2, $3)', [sequence, content, hash]);
    await tx.execute('UPDATE audit_head SET sequence = $1, hash = $2', [sequence, hash]);
  }
}

/** The sequence of the first entry whose hash does not follow from the one before it, or null when the whole chain holds. */
export async function firstBrokenAuditEntry(database: Queryable): Promise<bigint | null> {
  const PAGE = 1_000;
  let previous: { sequence: bigint; hash: Buffer } = { sequence: 0n, hash: Buffer.alloc(32) };
  for (;;) {
    const rows = await database.query<AuditRow>('SELECT sequence, content, hash FROM audit_entry WHERE sequence > $1 ORDER BY sequence LIMIT $2', [
      previous.sequence,
      PAGE,
    ]);
    for (const row of rows) {
      if (row.sequence !== previous.sequence + 1n || !row.hash.equals(linkHash(previous.hash, row.content))) return row.sequence;
      previous = row;
    }
    if (rows.length < PAGE) break;
  }
  const [head] = await database.query<{ sequence: bigint }>('SELECT sequence FROM audit_head');
  return head?.sequence === previous.sequence ? null : previous.sequence + 1n;
}

function linkHash(previous: Buffer, content: string): Buffer {
  return createHash('sha256').update(previous).update(content).digest();
}
