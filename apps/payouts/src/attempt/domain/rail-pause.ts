const TROUBLES_MAX = 16;
const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 30_000;
/** Claims after a pause stay this small until the rail has answered well. */
const PROBE_COUNT = 4;

/**
 * Stops claiming while a rail gives nothing but trouble, so that payouts keep their place instead of using up attempts. Trouble is an answer that
 * leaves the outcome open, or a refusal of everything. After a pause a few payouts try; one good answer ends it.
 */
export class RailPause {
  #troubles = 0;
  #pauses = 0;
  #untilMs = 0;

  /** How many payouts may be claimed now, at most. */
  claimMax(wallNow: number, wanted: number): number {
    if (wallNow < this.#untilMs) return 0;
    return this.#pauses > 0 ? Math.min(wanted, PROBE_COUNT) : wanted;
  }

  /** Milliseconds until claims may start again. */
  remainingMs(wallNow: number): number {
    return Math.max(0, this.#untilMs - wallNow);
  }

  good(): void {
    this.#troubles = 0;
    this.#pauses = 0;
    this.#untilMs = 0;
  }

  /** True when this trouble began a pause. */
  trouble(wallNow: number): boolean {
    this.#troubles += 1;
    if (wallNow < this.#untilMs || this.#troubles < (this.#pauses > 0 ? PROBE_COUNT : TROUBLES_MAX)) return false;
    this.#untilMs = wallNow + Math.min(FIRST_PAUSE_MS * 2 ** this.#pauses, LONGEST_PAUSE_MS);
    this.#pauses = Math.min(this.#pauses + 1, 10);
    this.#troubles = 0;
    return true;
  }
}
