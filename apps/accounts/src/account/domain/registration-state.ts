import { stateMachine } from '@jinku/errors';

/** The registration of a bank account at UnionPay, which names it by its `fundingAccountRef` (头寸序号). */
export const RegistrationState = {
  /** Never registered. */
  NONE: 'NONE',
  /** Asked for at UnionPay; no answer yet. */
  REQUESTED: 'REQUESTED',
  /** Registered: prefunding may name the account by its reference. */
  REGISTERED: 'REGISTERED',
  /** UnionPay was asked to take it off its list. */
  WITHDRAWING: 'WITHDRAWING',
  /** Off the list; may be registered again, under another reference. */
  WITHDRAWN: 'WITHDRAWN',
} as const;
export type RegistrationState = (typeof RegistrationState)[keyof typeof RegistrationState];

export const REGISTRATION_EVENTS = ['request', 'confirm', 'refuse', 'withdraw', 'confirm-withdrawal'] as const;
export type RegistrationEvent = (typeof REGISTRATION_EVENTS)[number];

export const registrationStates = stateMachine<RegistrationState, RegistrationEvent>('registration', {
  NONE: { request: 'REQUESTED' },
  REQUESTED: { confirm: 'REGISTERED', refuse: 'WITHDRAWN' },
  REGISTERED: { withdraw: 'WITHDRAWING' },
  WITHDRAWING: { 'confirm-withdrawal': 'WITHDRAWN' },
  WITHDRAWN: { request: 'REQUESTED' },
});

/** Whether UnionPay holds nothing of the account, so that it may be closed. */
export function isUnregistered(state: RegistrationState): boolean {
  return state === RegistrationState.NONE || state === RegistrationState.WITHDRAWN;
}
