import { z } from 'zod';

/** One version of one message: what it is called, where it goes, what keeps its order, and what it looks like. Never edited after release. */
export interface MessageContract<P> {
  readonly name: string;
  readonly topic: string;
  /** Whether outside systems send or read it; internal ones carry payees masked or not at all. */
  readonly audience: 'PUBLIC' | 'INTERNAL';
  readonly sentence: string;
  readonly key: (payload: P) => string;
  readonly schema: z.ZodType<P>;
  readonly example: P;
}

export type PayloadOf<C> = C extends MessageContract<infer P> ? P : never;

const NAME_PATTERN = /^[a-z]+\.[a-z]+(-[a-z]+)*\.v[1-9]\d*$/;

export function defineMessage<P>(contract: MessageContract<P>): MessageContract<P> {
  if (!NAME_PATTERN.test(contract.name)) throw new Error(`a message is named <service>.<words>.v<number>, not ${contract.name}`);
  return Object.freeze(contract);
}

/** A contract of outside systems that a service judges by itself: whatever comes under its name is handed over, and one that breaks it holds up nobody. */
export type UnjudgedContract = MessageContract<unknown> & { readonly origin: 'OUTSIDE' };

export function unjudged<P>(contract: MessageContract<P>): UnjudgedContract {
  return { ...contract, key: () => '', schema: z.unknown(), example: contract.example, origin: 'OUTSIDE' };
}
