import { InvariantViolation } from './invariant.ts';

/** For each state, the events it takes and where they lead. */
export type TransitionTable<S extends string, E extends string> = Readonly<Record<S, Readonly<Partial<Record<E, S>>>>>;

/** An event that a state does not take. A caller that can lose a race asks `canMove` first. */
export class IllegalTransition extends InvariantViolation {
  constructor(noun: string, from: string, event: string) {
    super(`${noun} in state ${from} does not take event ${event}`);
    this.name = 'IllegalTransition';
  }
}

export interface StateMachine<S extends string, E extends string> {
  readonly table: TransitionTable<S, E>;
  next(from: S, event: E): S;
  canMove(from: S, event: E): boolean;
  /** The states in which `event` is taken: the guard of an UPDATE. */
  statesTaking(event: E): S[];
  isFinal(state: S): boolean;
}

export function stateMachine<S extends string, E extends string>(noun: string, table: TransitionTable<S, E>): StateMachine<S, E> {
  return {
    table,
    next(from, event) {
      const to = table[from][event];
      if (to === undefined) throw new IllegalTransition(noun, from, event);
      return to;
    },
    canMove: (from, event) => table[from][event] !== undefined,
    statesTaking: (event) => (Object.keys(table) as S[]).filter((state) => table[state][event] !== undefined),
    isFinal: (state) => Object.keys(table[state]).length === 0,
  };
}
