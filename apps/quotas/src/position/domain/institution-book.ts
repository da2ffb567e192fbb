import { sum } from '@jinku/money';

/** What one clearing house holds of the central reserve; amounts in fen. */
export interface Earmark {
  /** The mapping as the house last told it, less the decreases it has carried out since. */
  readonly mapped: bigint;
  /** Increases from the request on until the mapping holds them. */
  readonly pendingIncreases: bigint;
}

/** Why the unallocated buffer moved. It is kept from these alone; I1 checks it against the central reserve. */
export const BufferMovementKind = {
  /** The first time the reserve's balance and every house's mapping were known. */
  OPENING: 'OPENING',
  /** The central reserve moved: a settlement, an incoming credit. Never a mapping change (I4). */
  RESERVE_MOVED: 'RESERVE_MOVED',
  /** An increase was asked for: out of the buffer from here on, not yet available. */
  INCREASE_TAKEN: 'INCREASE_TAKEN',
  /** The increase failed or was taken back. */
  INCREASE_GIVEN_BACK: 'INCREASE_GIVEN_BACK',
  /** A decrease was carried out. */
  DECREASE_DONE: 'DECREASE_DONE',
  /** The house changed the mapping without us: at a settlement, or by itself. */
  MAPPING_MOVED: 'MAPPING_MOVED',
} as const;
export type BufferMovementKind = (typeof BufferMovementKind)[keyof typeof BufferMovementKind];

/** I1: what the central reserve's balance exceeds what we can explain by; zero while the identity holds. */
export function reserveDifference({ balance, earmarks, buffer }: { balance: bigint; earmarks: readonly Earmark[]; buffer: bigint }): bigint {
  return balance - sum(earmarks.map(({ mapped, pendingIncreases }) => mapped + pendingIncreases)) - buffer;
}

/** What an operator is told when an identity does not hold, or will not be held much longer. */
export const Alert = {
  /** I1: more is earmarked than the reserve has. Increases stop, decreases are proposed. */
  BUFFER_NEGATIVE: 'BUFFER_NEGATIVE',
  BUFFER_BELOW_MINIMUM: 'BUFFER_BELOW_MINIMUM',
  /** I1: the reserve's balance is not what our own movements explain. */
  RESERVE_DIFFERS: 'RESERVE_DIFFERS',
  /** I2: payouts have reserved more than the house still covers. */
  HOUSE_NOT_COVERED: 'HOUSE_NOT_COVERED',
  /** I2: the house's own figure is not what ours explain. */
  FIGURE_DIFFERS: 'FIGURE_DIFFERS',
  /** The house's result of a session is not ours. */
  RESULT_DISPUTED: 'RESULT_DISPUTED',
  /** The second half of a shift failed: its amount waits in the buffer while it is tried again. */
  SHIFT_IN_BUFFER: 'SHIFT_IN_BUFFER',
  /** I3: the settlement target moved by another amount than the net. */
  SETTLEMENT_DIFFERS: 'SETTLEMENT_DIFFERS',
} as const;
export type Alert = (typeof Alert)[keyof typeof Alert];

/** How far a buffer may be taken down, and what it says of itself. */
export function bufferAlerts(buffer: bigint, minimum: bigint): Alert[] {
  if (buffer < 0n) return [Alert.BUFFER_NEGATIVE];
  return buffer < minimum ? [Alert.BUFFER_BELOW_MINIMUM] : [];
}
