/** How a refusal is answered. The list is closed: libs/service maps each kind to one HTTP status. */
export const RefusalKind = {
  /** The request breaks a rule of its own shape: a field is missing, of the wrong type, or out of range. */
  INVALID: 'INVALID',
  /** The caller did not prove who it is. */
  UNAUTHENTICATED: 'UNAUTHENTICATED',
  /** The caller is known and may not do this. */
  FORBIDDEN: 'FORBIDDEN',
  /** The thing named does not exist, or not for this caller. */
  NOT_FOUND: 'NOT_FOUND',
  /** The thing exists in a state, or with a content, that does not allow this. */
  CONFLICT: 'CONFLICT',
  /** Well formed, and refused by a rule of the business. */
  RULE: 'RULE',
  /** The address exists and does not take this method. */
  WRONG_METHOD: 'WRONG_METHOD',
  /** The body is of a type that the address does not take. */
  WRONG_MEDIA_TYPE: 'WRONG_MEDIA_TYPE',
  /** More than a named limit on size. */
  TOO_LARGE: 'TOO_LARGE',
  /** More than a named limit on rate. */
  TOO_MANY: 'TOO_MANY',
  /** Cannot be answered now; the same request may be sent again. */
  UNAVAILABLE: 'UNAVAILABLE',
} as const;
export type RefusalKind = (typeof RefusalKind)[keyof typeof RefusalKind];

/** One broken rule of a request: `field` is a path such as `payouts[3].amount`. */
export interface Violation {
  readonly field: string;
  readonly rule: string;
}

export interface RefusalDefinition {
  readonly kind: RefusalKind;
  /** One sentence that a caller can act on. */
  readonly sentence: string;
}

export interface RefusalDetails {
  /** What this occurrence adds to the sentence; never an account number or a name. */
  readonly detail?: string;
  readonly violations?: readonly Violation[];
  readonly cause?: unknown;
}

/** A request that is refused for a reason on a closed list. Throwing it undoes the transaction it is thrown in. */
export class Refusal extends Error {
  readonly code: string;
  readonly kind: RefusalKind;
  readonly sentence: string;
  readonly violations: readonly Violation[];

  constructor(code: string, definition: RefusalDefinition, details: RefusalDetails = {}) {
    super(details.detail ?? definition.sentence, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'Refusal';
    this.code = code;
    this.kind = definition.kind;
    this.sentence = definition.sentence;
    this.violations = details.violations ?? [];
  }
}

/** A noun's closed list of refusals: each entry is a function that makes the error to throw. */
export type Refusals<C extends string> = Readonly<Record<C, (details?: RefusalDetails) => Refusal>> & {
  readonly definitions: Readonly<Record<C, RefusalDefinition>>;
};

/** `throw PAYOUT_REFUSALS.UNKNOWN_MERCHANT({ violations: [{ field: 'merchantId', rule: 'is a registered merchant' }] })`. */
export function defineRefusals<C extends string>(definitions: Readonly<Record<C, RefusalDefinition>>): Refusals<C> {
  const makers = Object.entries<RefusalDefinition>(definitions).map(([code, definition]) => [
    code,
    (details?: RefusalDetails) => new Refusal(code, definition, details),
  ]);
  return { ...Object.fromEntries(makers), definitions } as Refusals<C>;
}
