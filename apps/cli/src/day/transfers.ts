import type { Day } from './day.ts';

export interface TransferOrder {
  readonly id: string;
  readonly state: string;
  readonly legState: string;
  readonly amount: string;
  readonly inTransit: string;
  readonly payerName: string;
  readonly payeeName: string;
  readonly stoppedBecause: string | null;
}

const ENDED_BADLY: ReadonlySet<string> = new Set(['STOPPED', 'FAILED', 'CANCELLED', 'REJECTED', 'WITHDRAWN', 'EXPIRED']);

/** The newest order of a purpose, or null while there is none; one that ended without its money at the payee fails the day. */
export async function newestOrder({ gateway, people }: Day, purpose: string): Promise<TransferOrder | null> {
  const { items } = await gateway.call<{ items: TransferOrder[] }>({ path: `/v1/transfers?purpose=${purpose}`, token: people.operator.token });
  const [order] = items;
  if (order === undefined) return null;
  if (ENDED_BADLY.has(order.state)) throw new Error(`the transfer for ${purpose} is ${order.state}: ${order.stoppedBecause ?? 'no reason told'}`);
  return order;
}

/** Who told that an order's money has reached the payee, such as the notice of a rail. */
export async function settledBy({ gateway, people }: Day, orderId: string): Promise<string> {
  const { events } = await gateway.call<{ events: readonly { of: string; state: string; source: string }[] }>({ path: `/v1/transfers/${orderId}`, token: people.operator.token });
  return events.find(({ of, state }) => of === 'LEG' && state === 'SETTLED')?.source ?? 'nobody';
}
