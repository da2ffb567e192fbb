/** So many wrong passwords in a row cost nothing but time. */
export const FAILURES_FREE_MAX = 5;
export const BACK_OFF_FIRST_MS = 1_000;
export const BACK_OFF_MAX_MS = 300_000;
/** Failures older than this are forgotten. */
export const FAILURES_FORGOTTEN_AFTER_MS = 3_600_000;

/** How long a username is not tried again after its n-th failure in a row: doubling from the first beyond the free ones. */
export function backOffMs(failures: number): number {
  if (failures < FAILURES_FREE_MAX) return 0;
  return Math.min(BACK_OFF_MAX_MS, BACK_OFF_FIRST_MS * 2 ** (failures - FAILURES_FREE_MAX));
}
