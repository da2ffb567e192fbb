/** Why a payout was held at its admission: the same payee is to get the same amount under another request id. */
export const DUPLICATE_SUSPECTED = 'DUPLICATE_SUSPECTED';

/** A payout at its admission, with how long before it another one counts. */
export interface WatchedPayout {
  readonly payoutId: string;
  readonly payeeHash: string;
  readonly amountMinor: bigint;
  readonly windowMs: number;
}

/** The latest payout of a payee and an amount before those of a batch. */
export interface EarlierPayout {
  readonly payeeHash: string;
  readonly amountMinor: bigint;
  readonly payoutId: string;
  readonly admittedAt: Date;
}

/** The window of a payout: its merchant's, else its business line's, else the institution's. */
export function duplicateWindowMs(
  merchant: { readonly duplicateWindowSeconds: number | null },
  line: { readonly duplicateWindowSeconds: number | null },
  institutionMs: number,
): number {
  const seconds = merchant.duplicateWindowSeconds ?? line.duplicateWindowSeconds;
  return seconds === null ? institutionMs : seconds * 1_000;
}

export function payeeAndAmount({ payeeHash, amountMinor }: { readonly payeeHash: string; readonly amountMinor: bigint }): string {
  return `${payeeHash} ${amountMinor}`;
}

/**
 * Which payouts of a batch look like a second asking for the same, and for which earlier one; also one before them in the batch. What became of the
 * earlier one does not matter: a person decides.
 */
export function suspectDuplicates(payouts: readonly WatchedPayout[], earlier: readonly EarlierPayout[], now: Date): ReadonlyMap<string, string> {
  const latest = new Map(earlier.map((one) => [payeeAndAmount(one), one]));
  const suspicions = new Map<string, string>();
  for (const payout of payouts) {
    const key = payeeAndAmount(payout);
    const before = latest.get(key);
    // A batch that waited for another may be the older one by a moment.
    if (before !== undefined && now.getTime() - before.admittedAt.getTime() <= payout.windowMs) suspicions.set(payout.payoutId, before.payoutId);
    latest.set(key, { ...payout, admittedAt: now });
  }
  return suspicions;
}
