/** While a balance stands still it is told again after so long, by business time: who judges rules by it knows then that it is watched. */
const TELL_AGAIN_AFTER_MS = 60_000;

export interface Position {
  readonly accountId: string;
  readonly balance: bigint;
  readonly asOf: Date;
  readonly toldAt: Date;
}

/** An older observation than the one held changes nothing; a changed balance is told at once, a standing one once a minute. */
export function judgeObservation(known: Position | null, observed: { balance: bigint; asOf: Date }, now: Date): { isNews: boolean; isChanged: boolean; isTold: boolean } {
  if (known === null) return { isNews: true, isChanged: true, isTold: true };
  if (observed.asOf < known.asOf) return { isNews: false, isChanged: false, isTold: false };
  const isChanged = observed.balance !== known.balance;
  return { isNews: true, isChanged, isTold: isChanged || now.getTime() - known.toldAt.getTime() >= TELL_AGAIN_AFTER_MS };
}
