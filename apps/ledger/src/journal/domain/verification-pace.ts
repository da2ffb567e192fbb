/** What is left to verify is verified in the quiet hours, so many pages at a time, and then a pause. */
export const PAGES_QUIET = 50;
/** While the journal grows faster than by so many batches between two looks, verification takes no more than a page of what posting needs. */
export const BATCHES_BUSY = 200n;

/** How many pages to verify now: `grownBy` is how many batches were posted since the last look, null at the first. */
export function pagesNow(grownBy: bigint | null): number {
  return grownBy !== null && grownBy > BATCHES_BUSY ? 1 : PAGES_QUIET;
}
