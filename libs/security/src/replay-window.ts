/**
 * Remembers what was used until it expires, within one process: nonces, `jti`s. Full of unexpired entries it answers "used", never forgets
 * one.
 */
export class ReplayWindow {
  readonly #expiryByUse = new Map<string, number>();
  readonly #entriesMax: number;

  constructor({ entriesMax = 100_000 }: { readonly entriesMax?: number } = {}) {
    this.#entriesMax = entriesMax;
  }

  /** True when `use` was seen before and has not expired, or when it cannot be remembered. */
  isReplay({ use, expiresAt, wallNow }: { use: string; expiresAt: number; wallNow: number }): boolean {
    const known = this.#expiryByUse.get(use);
    if (known !== undefined && known > wallNow) return true;
    if (this.#expiryByUse.size >= this.#entriesMax) this.#dropExpired(wallNow);
    if (this.#expiryByUse.size >= this.#entriesMax) return true;
    this.#expiryByUse.set(use, expiresAt);
    return false;
  }

  #dropExpired(wallNow: number): void {
    for (const [use, expiresAt] of this.#expiryByUse) {
      if (expiresAt <= wallNow) this.#expiryByUse.delete(use);
    }
  }
}
