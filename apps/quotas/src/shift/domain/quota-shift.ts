import type { ClearingHouse } from '@jinku/contracts';
import { stateMachine } from '@jinku/errors';

export const ShiftState = {
  /** Its decrease is under way; total capacity is lower from here on, never higher. */
  DECREASING: 'DECREASING',
  /** The decrease is done and the amount is in the buffer; its increase is under way. */
  INCREASING: 'INCREASING',
  /** The increase failed: the amount stays in the buffer, an operator is told, and it is tried again. */
  IN_BUFFER: 'IN_BUFFER',
  /** Both halves are done. */
  DONE: 'DONE',
  /** The decrease failed or was taken back: nothing has moved. */
  FAILED: 'FAILED',
  /** A person left the amount in the buffer. */
  GIVEN_UP: 'GIVEN_UP',
} as const;
export type ShiftState = (typeof ShiftState)[keyof typeof ShiftState];

export type ShiftEvent = 'decrease-done' | 'decrease-fail' | 'increase-done' | 'increase-fail' | 'retry' | 'give-up';

export const shiftStates = stateMachine<ShiftState, ShiftEvent>('quota shift', {
  DECREASING: { 'decrease-done': 'INCREASING', 'decrease-fail': 'FAILED' },
  INCREASING: { 'increase-done': 'DONE', 'increase-fail': 'IN_BUFFER' },
  IN_BUFFER: { retry: 'INCREASING', 'give-up': 'GIVEN_UP' },
  DONE: {},
  FAILED: {},
  GIVEN_UP: {},
});

/** Quota moved from one clearing house to the other (F9): what leaves one is only then asked for at the other. */
export interface QuotaShift {
  readonly id: string;
  readonly fromHouse: ClearingHouse;
  readonly toHouse: ClearingHouse;
  readonly amount: bigint;
  readonly state: ShiftState;
  readonly decreaseId: string;
  readonly increaseId: string | null;
  readonly attempts: number;
}

const FIRST_RETRY_MS = 2_000;
const RETRY_MAX_MS = 300_000;

/** Wall time until a failed second half is tried again: doubled each time. */
export function retryAfterMs(attempts: number): number {
  return Math.min(RETRY_MAX_MS, FIRST_RETRY_MS * 2 ** Math.min(attempts, 20));
}
