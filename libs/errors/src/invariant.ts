/** A bug: something that cannot be true is true. It is never answered as a refusal and never caught to go on. */
export class InvariantViolation extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvariantViolation';
  }
}

export function invariant(condition: unknown, message: string): asserts condition {
  if (!condition) throw new InvariantViolation(message);
}

/** The default branch of a switch over a closed vocabulary. */
export function unreachable(value: never): never {
  throw new InvariantViolation(`value outside its closed list: ${String(value)}`);
}
