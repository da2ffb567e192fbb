import { stateMachine } from '@jinku/errors';

export const TransferLegState = {
  /** No number yet. A fund-down waits here until the grant covers it. */
  PLANNED: 'PLANNED',
  /** Its serial number is committed and the call may have left. If the process dies now, the number is inquired about. */
  INSTRUCTED: 'INSTRUCTED',
  /** The rail took it; the result is not known yet. */
  ACCEPTED: 'ACCEPTED',
  /** No definite answer: inquired about, never sent again. */
  UNKNOWN: 'UNKNOWN',
  /** The money left the payer and has not reached the payee. */
  IN_TRANSIT: 'IN_TRANSIT',
  /** The money reached the payee. */
  SETTLED: 'SETTLED',
  /** The money had left and is back with the payer. */
  CAME_BACK: 'CAME_BACK',
  /** Definitely not executed: nothing moved, and a resumed order tries again under another number. */
  NOT_MOVED: 'NOT_MOVED',
  /** Its order was cancelled before any money left. */
  CANCELLED: 'CANCELLED',
} as const;
export type TransferLegState = (typeof TransferLegState)[keyof typeof TransferLegState];

/** `send`: it left the payer. `arrive`: it reached the payee. `pay`: a house paid it out at once. */
export type TransferLegEvent = 'instruct' | 'accept' | 'lose' | 'send' | 'arrive' | 'pay' | 'come-back' | 'fail' | 'resume' | 'cancel';

export const transferLegStates = stateMachine<TransferLegState, TransferLegEvent>('transfer leg', {
  PLANNED: { instruct: 'INSTRUCTED', cancel: 'CANCELLED' },
  INSTRUCTED: { accept: 'ACCEPTED', lose: 'UNKNOWN', send: 'IN_TRANSIT', arrive: 'SETTLED', pay: 'SETTLED', 'come-back': 'CAME_BACK', fail: 'NOT_MOVED' },
  ACCEPTED: { send: 'IN_TRANSIT', arrive: 'SETTLED', pay: 'SETTLED', 'come-back': 'CAME_BACK', fail: 'NOT_MOVED' },
  UNKNOWN: { accept: 'ACCEPTED', send: 'IN_TRANSIT', arrive: 'SETTLED', pay: 'SETTLED', 'come-back': 'CAME_BACK', fail: 'NOT_MOVED' },
  IN_TRANSIT: { arrive: 'SETTLED', 'come-back': 'CAME_BACK' },
  SETTLED: {},
  CAME_BACK: {},
  NOT_MOVED: { resume: 'PLANNED', cancel: 'CANCELLED' },
  CANCELLED: {},
});
