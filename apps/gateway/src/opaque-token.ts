import { createHash, randomBytes } from 'node:crypto';

/** What a token opens can be seen at its head, so that one look-up in one table is enough. */
export const TokenKind = { SESSION: 'jks', ACCESS: 'jka' } as const;
export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind];

const SECRET_BYTES = 32;
const TOKEN = /^(jks|jka)_[A-Za-z0-9_-]{43}$/;

export function newToken(kind: TokenKind): string {
  return `${kind}_${randomBytes(SECRET_BYTES).toString('base64url')}`;
}

/** Null for a text that cannot be one of our tokens. */
export function kindOfToken(token: string): TokenKind | null {
  return (TOKEN.exec(token)?.[1] as TokenKind | undefined) ?? null;
}

/** What is stored of a token: 256 random bits need no salt. */
export function tokenHash(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
