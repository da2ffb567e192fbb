import { PayoutState } from '@jinku/contracts';
import { stateMachine } from '@jinku/errors';

/** What can happen to a payout. */
export const PayoutEvent = {
  /** An operator or a rule stops it while it waits. */
  hold: 'hold',
  release: 'release',
  /** An operator or the client takes it out before any attempt left. */
  cancel: 'cancel',
  /** Its latest time passed while it waited. */
  expire: 'expire',
  /** A dispatcher claimed it and committed an attempt. */
  dispatch: 'dispatch',
  /** The answer to its attempt is not known. */
  lose: 'lose',
  /** The rail said definitely: paid. */
  succeed: 'succeed',
  /** The rail said definitely: not paid, and another attempt would meet the same. */
  fail: 'fail',
  /** Definitely not executed for a reason that passes: it may be tried again under a new number. */
  requeue: 'requeue',
  /** Definitely not executed because of a defect of ours: it waits for an operator. */
  setAside: 'setAside',
} as const;
export type PayoutEvent = (typeof PayoutEvent)[keyof typeof PayoutEvent];

const { QUEUED, HELD, DISPATCHED, UNKNOWN, SUCCEEDED, FAILED, CANCELLED, EXPIRED } = PayoutState;

/** The states themselves are told to clients, so their sentences stand in the contract. A payout has an open attempt exactly while DISPATCHED or UNKNOWN. */
export const payoutStates = stateMachine<PayoutState, PayoutEvent>('payout', {
  QUEUED: { hold: HELD, cancel: CANCELLED, expire: EXPIRED, dispatch: DISPATCHED },
  HELD: { release: QUEUED, cancel: CANCELLED },
  DISPATCHED: { lose: UNKNOWN, succeed: SUCCEEDED, fail: FAILED, requeue: QUEUED, setAside: HELD },
  // By inquiry, notice or two persons; never by sending again.
  UNKNOWN: { succeed: SUCCEEDED, fail: FAILED, requeue: QUEUED, setAside: HELD },
  SUCCEEDED: {},
  FAILED: {},
  CANCELLED: {},
  EXPIRED: {},
});

/** Where an event leads; every event leads to one state, wherever it is taken. */
export function stateAfter(event: PayoutEvent): PayoutState {
  const [from] = payoutStates.statesTaking(event);
  return payoutStates.next(from as PayoutState, event);
}
