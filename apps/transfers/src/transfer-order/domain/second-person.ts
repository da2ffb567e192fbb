export interface OrderToApprove {
  readonly payerOwner: 'CLIENT' | 'OWN';
  readonly payeeOwner: 'CLIENT' | 'OWN';
  readonly amountMinor: bigint;
  readonly origin: 'PERSON' | 'RULE';
}

/** Rule R5 and R16: client money to own money always needs a second person; a rule that two persons approved stands for its orders of every other pair. */
export function needsSecondPerson({ payerOwner, payeeOwner, amountMinor, origin }: OrderToApprove, aboveMinor: bigint): boolean {
  if (payerOwner === 'CLIENT' && payeeOwner === 'OWN') return true;
  return origin === 'PERSON' && amountMinor > aboveMinor;
}
