interface Candidate {
  readonly sequence: bigint;
  readonly transactionId: bigint;
}

export interface OutboxRead {
  /** The oldest transaction that was still open when the rows were read (`pg_snapshot_xmin`). */
  readonly horizon: bigint;
  /** The highest sequence number that was read, or null when the read came to the end of the table. */
  readonly readThrough: bigint | null;
}

/**
 * From where the outbox has to be read. Rows are deleted when they were published, and reading from the start of the table walks over what
 * vacuum has not yet taken away. But sequence numbers are drawn before the commit, so a low one may show up late, and skipping it would
 * lose it
 * for a while, and the order of its key with it.
 *
 * A writer gets its transaction id before its sequence number. So once some number `s` has been seen, whoever drew a lower one has a
 * transaction id below any id given out from then on, such as that of the statement which deletes `s`. When a later read finds every
 * transaction
 * up to that id closed, it saw all rows up to `s` that will ever be, and with them published nothing up to `s` has to be looked for again.
 */
export class OutboxWatermark {
  #sequence = 0n;
  #candidates: Candidate[] = [];

  /** Rows with a higher number are still to be looked for. */
  get sequence(): bigint {
    return this.#sequence;
  }

  /** Rows up to `sequence` were seen, and after that `transactionId` was given out. */
  saw(candidate: Candidate): void {
    this.#candidates.push(candidate);
  }

  /** All rows of this read have been published and deleted. */
  settled({ horizon, readThrough }: OutboxRead): void {
    const isOver = ({ sequence, transactionId }: Candidate): boolean =>
      transactionId < horizon && (readThrough === null || sequence <= readThrough);
    for (const candidate of this.#candidates.filter(isOver)) {
      if (candidate.sequence > this.#sequence) this.#sequence = candidate.sequence;
    }
    this.#candidates = this.#candidates.filter((candidate) => !isOver(candidate) && candidate.sequence > this.#sequence);
  }
}
