import { stateMachine } from '@jinku/errors';

export const TransferOrderState = {
  /** Waits for a second person; the payer's amount is reserved already. */
  PROPOSED: 'PROPOSED',
  /** Its legs are being carried out, each once; part of its money may be in transit. */
  RUNNING: 'RUNNING',
  /** A rail definitely did not execute a leg. Nothing of that leg moved: a person resumes or cancels. */
  STOPPED: 'STOPPED',
  /** All of its money reached the payee. */
  COMPLETED: 'COMPLETED',
  /** Nothing moved in the end: the money came back, or a rule's order was definitely not executed. */
  FAILED: 'FAILED',
  /** A person took it back before any of its money left. */
  CANCELLED: 'CANCELLED',
  /** A second person refused it. */
  REJECTED: 'REJECTED',
  /** Its maker took it back while it waited. */
  WITHDRAWN: 'WITHDRAWN',
  /** No second person decided in time. */
  EXPIRED: 'EXPIRED',
} as const;
export type TransferOrderState = (typeof TransferOrderState)[keyof typeof TransferOrderState];

export type TransferOrderEvent = 'approve' | 'reject' | 'withdraw' | 'expire' | 'stop' | 'resume' | 'complete' | 'fail' | 'cancel';

export const transferOrderStates = stateMachine<TransferOrderState, TransferOrderEvent>('transfer order', {
  PROPOSED: { approve: 'RUNNING', reject: 'REJECTED', withdraw: 'WITHDRAWN', expire: 'EXPIRED' },
  RUNNING: { stop: 'STOPPED', complete: 'COMPLETED', fail: 'FAILED', cancel: 'CANCELLED' },
  STOPPED: { resume: 'RUNNING', cancel: 'CANCELLED' },
  COMPLETED: {},
  FAILED: {},
  CANCELLED: {},
  REJECTED: {},
  WITHDRAWN: {},
  EXPIRED: {},
});

/** The states in which an order holds money or a place: a rule never has two such orders. */
export const OPEN_ORDER_STATES: readonly TransferOrderState[] = Object.values(TransferOrderState).filter((state) => !transferOrderStates.isFinal(state));
