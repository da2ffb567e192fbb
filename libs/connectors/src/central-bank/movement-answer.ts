import { parseAmount } from '@jinku/money';

import { instantOf, isCount, isObject, type Fields } from '../answer-fields.ts';
import type { AccountMovement, MovementPage, MovementTotals } from '../movement-rail.ts';

const MOVEMENT_NUMBER = /^[1-9]\d{0,17}$/;
/** What a payer wrote may be longer than the codes of other answers. */
const TEXT_LENGTH_MAX = 140;

/** Null when a field is not what the protocol says, or the page contradicts itself. */
export function parseMovements(fields: Fields): Pick<MovementPage, 'movements' | 'totals' | 'cursor'> | null {
  const totals = totalsOf(fields);
  const { movements: listed, next } = fields;
  if (totals === null || !Array.isArray(listed) || (next !== null && !isMovementNumber(next))) return null;
  const movements: AccountMovement[] = [];
  for (const item of listed) {
    const movement = isObject(item) ? movementOf(item) : null;
    if (movement === null || !follows(movements.at(-1), movement)) return null;
    movements.push(movement);
  }
  const last = movements.at(-1);
  if (movements.length > totals.count || (next !== null && next !== last?.movementNumber)) return null;
  // On the last page the books stand where the date's totals say.
  if (next === null && last !== undefined && last.balanceAfterMinor !== totals.closingMinor) return null;
  return { movements, totals, cursor: next };
}

function totalsOf(fields: Fields): MovementTotals | null {
  const [openingMinor, closingMinor, creditMinor, debitMinor] = ['openingBalance', 'closingBalance', 'creditTotal', 'debitTotal'].map((name) =>
    amountOf(fields[name]),
  );
  const { count, isClosed } = fields;
  if (openingMinor == null || closingMinor == null || creditMinor == null || debitMinor == null) return null;
  if (!isCount(count) || typeof isClosed !== 'boolean' || openingMinor + creditMinor - debitMinor !== closingMinor) return null;
  return { openingMinor, closingMinor, creditMinor, debitMinor, count, isClosed };
}

function movementOf(fields: Fields): AccountMovement | null {
  const { movementNumber, direction } = fields;
  const amountMinor = amountOf(fields['amount']);
  const balanceAfterMinor = amountOf(fields['balanceAfter']);
  const occurredAt = instantOf(fields['occurredAt']);
  if (!isMovementNumber(movementNumber) || (direction !== 'CREDIT' && direction !== 'DEBIT')) return null;
  if (amountMinor === null || amountMinor === 0n || balanceAfterMinor === null || occurredAt === null) return null;
  const said: { -readonly [K in keyof AccountMovement]: AccountMovement[K] } = { movementNumber, direction, amountMinor, balanceAfterMinor, occurredAt };
  for (const name of ['counterparty', 'payerReference', 'purpose'] as const) {
    const text = fields[name];
    if (text === null || text === undefined) continue;
    if (typeof text !== 'string' || text.length === 0 || text.length > TEXT_LENGTH_MAX) return null;
    said[name] = text;
  }
  return said;
}

/** Numbers grow, and each balance is the one before it, plus or minus the amount. */
function follows(before: AccountMovement | undefined, { movementNumber, direction, amountMinor, balanceAfterMinor }: AccountMovement): boolean {
  if (before === undefined) return true;
  const expected = before.balanceAfterMinor + (direction === 'CREDIT' ? amountMinor : -amountMinor);
  return BigInt(movementNumber) > BigInt(before.movementNumber) && balanceAfterMinor === expected;
}

function isMovementNumber(value: unknown): value is string {
  return typeof value === 'string' && MOVEMENT_NUMBER.test(value);
}

function amountOf(value: unknown): bigint | null {
  return typeof value === 'string' ? parseAmount(value) : null;
}
