import { table } from '../demo/tables.ts';
import type { Day } from './day.ts';

interface Positions {
  readonly accounts: readonly { readonly name: string; readonly accountClass: string; readonly balance: string | null; readonly source: string | null; readonly isStale: boolean }[];
  readonly buffer: { readonly unallocatedBuffer: string | null; readonly centralReserve: { readonly balance: string } | null; readonly reserveDifference: string };
  readonly houses: readonly HousePosition[];
  readonly inTransit: { readonly amount: string };
  readonly alerts: readonly string[];
}

interface HousePosition {
  readonly clearingHouse: string;
  readonly mappedQuota: string;
  readonly bookAvailable: string;
  readonly reserved: string;
  readonly free: string;
  readonly railAvailable: string;
  readonly source: string;
}

export async function positionsOf({ gateway, people }: Day): Promise<Positions> {
  return await gateway.call<Positions>({ path: '/v1/positions', token: people.operator.token });
}

/** The position board: every account, the buffer, money in transit, and the quota of each clearing house. */
export async function positionBoard(day: Day): Promise<string> {
  const { accounts, buffer, houses, inTransit, alerts } = await positionsOf(day);
  const places = table([
    ['Money, CNY', 'class', 'balance', 'source'],
    ...accounts.map(({ name, accountClass, balance, source, isStale }) => [name, accountClass, balance ?? 'unknown', `${source ?? ''}${isStale ? ', stale' : ''}`]),
    ['in transit', '', inTransit.amount, ''],
    ['unallocated buffer', '', buffer.unallocatedBuffer ?? 'unknown', ''],
  ]);
  const quota = table([
    ['Quota, CNY', 'mapped', 'by our book', 'reserved', 'free', 'by the house', 'source'],
    ...houses.map(({ clearingHouse, mappedQuota, bookAvailable, reserved, free, railAvailable, source }) => [clearingHouse, mappedQuota, bookAvailable, reserved, free, railAvailable, source]),
  ]);
  return [places, quota, ...(alerts.length === 0 ? [] : [`  alerts: ${alerts.join(', ')}`])].join('\n');
}
