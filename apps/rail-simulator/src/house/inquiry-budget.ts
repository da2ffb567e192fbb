/** A bucket that holds one second's inquiries and refills evenly. */
export class InquiryBudget {
  readonly #perSecond: number;
  #left: number;
  #atMs: number;

  constructor(perSecond: number, wallNow: number) {
    this.#perSecond = perSecond;
    this.#left = perSecond;
    this.#atMs = wallNow;
  }

  /** False when the budget is spent. */
  take(wallNow: number): boolean {
    const refilled = (Math.max(0, wallNow - this.#atMs) * this.#perSecond) / 1_000;
    this.#left = Math.min(this.#perSecond, this.#left + refilled);
    this.#atMs = wallNow;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
