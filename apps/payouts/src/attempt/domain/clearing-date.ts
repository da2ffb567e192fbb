import { clearingDateOf, type DayCut } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';

const DAY_CUTS: Readonly<Record<ClearingHouse, DayCut>> = { UNIONPAY: '23:00', NETSUNION: '00:00' };

/** The session that something belongs to: the date that the house names; until it does, the one its own day cut gives. */
export function clearingDateAt(house: ClearingHouse, named: string | null, now: Date): string {
  return named ?? clearingDateOf(now, DAY_CUTS[house]);
}
