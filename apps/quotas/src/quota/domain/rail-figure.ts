/** The house's own figure as it was read, beside what our book said then; amounts in fen. */
export interface FigureReading {
  readonly railAvailable: bigint;
  /** All that may be used: the mapping, the receipts that count, and the successes that settlements have put into the mapping. */
  readonly usable: bigint;
  /** Successes that we had heard of. */
  readonly consumed: bigint;
}

/** Our book some seconds later, when every holder of a grant has told what it had used when the figure was read. */
export interface FigureBook {
  readonly usable: bigint;
  readonly consumed: bigint;
  readonly reserved: bigint;
}

/**
 * I2: by how much the house's figure is not explained; zero while it is. When it was read the house had taken off at least what we had heard of, and at most
 * what is consumed or reserved by now, whether it takes off at the submission or at the success. Receipts it may have had before we heard of them.
 */
export function figureDifference({ railAvailable, usable, consumed }: FigureReading, now: FigureBook): bigint {
  const [fewer, more] = usable < now.usable ? [usable, now.usable] : [now.usable, usable];
  const most = more - consumed;
  const least = fewer - now.consumed - now.reserved;
  if (railAvailable > most) return railAvailable - most;
  return railAvailable < least ? railAvailable - least : 0n;
}
