export { GENERAL_REFUSALS, invalidRequest, malformedJson } from './general-refusals.ts';
export { invariant, InvariantViolation, unreachable } from './invariant.ts';
export { defineRefusals, Refusal, RefusalKind } from './refusal.ts';
export type { RefusalDefinition, RefusalDetails, Refusals, Violation } from './refusal.ts';
export { IllegalTransition, stateMachine } from './state-machine.ts';
export type { StateMachine, TransitionTable } from './state-machine.ts';
export { violationsOf } from './zod-violations.ts';
