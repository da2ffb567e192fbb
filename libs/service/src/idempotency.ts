import { hash } from 'node:crypto';
import { createParamDecorator, type ExecutionContext } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { GENERAL_REFUSALS } from '@jinku/errors';
import type { Tx } from '@jinku/persistence';
import type { Actor } from './actor.ts';

export const IDEMPOTENCY_KEY_PATTERN = /^[\x21-\x7e]{8,128}$/;

/** The request's idempotency key; a write without one is refused. */
export const IdempotencyKey = createParamDecorator(readIdempotencyKey);

/** Also the mark by which the OpenAPI document knows the routes that ask for the key. */
export function readIdempotencyKey(_: unknown, context: ExecutionContext): string {
  const header = context.switchToHttp().getRequest<FastifyRequest>().headers['idempotency-key'];
  if (typeof header !== 'string' || !IDEMPOTENCY_KEY_PATTERN.test(header)) throw GENERAL_REFUSALS.IDEMPOTENCY_KEY_REQUIRED();
  return header;
}

export interface IdempotentWrite {
  readonly actor: Actor;
  readonly key: string;
  readonly operation: string;
  /** What the caller sent; the same key with other content is refused. */
  readonly content: unknown;
  readonly at: Date;
}

/**
 * Does `work` once per actor and key, and gives every repetition the first answer. Key, hash and answer are stored with the effect in
 * one transaction; two requests that race for one key are put in line by the key's row.
 */
export async function once<T>(tx: Tx, write: IdempotentWrite, work: () => Promise<T>): Promise<T> {
  const requestHash = contentHash(write.operation, write.content);
  const owner = `${write.actor.kind}:${write.actor.id}`;
  const inserted = await tx.execute(
    `INSERT INTO request_key (owner, key, request_hash, created_at) VALUES ($1, $2, $3, $4) ON CONFLICT (owner, key) DO NOTHING`,
    [owner, write.key, requestHash, write.at],
  );
  if (inserted === 0) {
    const [row] = await tx.query<{ request_hash: Buffer; answer: T }>('SELECT request_hash, answer FROM request_key WHERE owner = $1 AND key = $2', [
      owner,
      write.key,
    ]);
    if (row === undefined) throw GENERAL_REFUSALS.UNAVAILABLE();
    if (!row.request_hash.equals(requestHash)) throw GENERAL_REFUSALS.IDEMPOTENCY_KEY_REUSED();
    return row.answer;
  }
  const answer = await work();
  await tx.execute('UPDATE request_key SET answer = $3 WHERE owner = $1 AND key = $2', [owner, write.key, JSON.stringify(answer)]);
  return answer;
}

/** SHA-256 over a canonical form: the order of fields does not matter. */
export function contentHash(operation: string, content: unknown): Buffer {
  return hash('sha256', `${operation}\n${canonicalJson(content)}`, 'buffer');
}

/** JSON with the fields of each object in the order of their names. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(inOrder(value)) ?? 'null';
}

function inOrder(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map(inOrder);
  const given = value as Readonly<Record<string, unknown>>;
  // Without a prototype, a field that is called like what objects inherit is a field like any other.
  const ordered = Object.create(null) as Record<string, unknown>;
  for (const name of Object.keys(given).sort()) ordered[name] = inOrder(given[name]);
  return ordered;
}
