/** What an account held when its bank was asked, and what orders of ours will still take out of it. */
export interface Position {
  readonly accountId: string;
  readonly observationId: string;
  readonly observedMinor: bigint;
  readonly asOf: Date;
  /** Reserved by open orders, and not contained in what was observed. */
  readonly openOutgoingMinor: bigint;
}

/** What an order may count on. Incoming money counts when it was observed, not before. */
export function projectedMinor({ observedMinor, openOutgoingMinor }: Pick<Position, 'observedMinor' | 'openOutgoingMinor'>): bigint {
  return observedMinor - openOutgoingMinor;
}

export function isTooOld(position: Pick<Position, 'asOf'>, { at, ageMaxMs }: { at: Date; ageMaxMs: number }): boolean {
  return at.getTime() - position.asOf.getTime() > ageMaxMs;
}
