import type { ClearingHouse } from '@jinku/contracts';

/** A route, as its breaker and its rules are named: a whole house, or one payee bank at a house. */
export function routeKey(house: ClearingHouse, bankCode: string | null): string {
  return bankCode === null ? house : `${house}/${bankCode}`;
}

export function routeOf(key: string): { house: ClearingHouse; bankCode: string | null } {
  const [house, bankCode] = key.split('/');
  return { house: house as ClearingHouse, bankCode: bankCode ?? null };
}
