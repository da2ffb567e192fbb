import { table } from '../demo/tables.ts';
import type { Day } from './day.ts';

interface QuotaPosition {
  readonly clearingHouse: string;
  readonly mappedQuota: string;
  readonly bookAvailable: string;
  readonly reserved: string;
  readonly free: string;
  readonly railAvailable: string;
  readonly source: string;
}

/** The quota of each clearing house as the position board has it. */
export async function positionBoard({ gateway, people }: Day): Promise<string> {
  const { items } = await gateway.call<{ items: QuotaPosition[] }>({ path: '/v1/quotas', token: people.operator.token });
  return table([
    ['Quota, CNY', 'mapped', 'by our book', 'reserved', 'free', 'by the house', 'source'],
    ...items.map(({ clearingHouse, mappedQuota, bookAvailable, reserved, free, railAvailable, source }) => [clearingHouse, mappedQuota, bookAvailable, reserved, free, railAvailable, source]),
  ]);
}
