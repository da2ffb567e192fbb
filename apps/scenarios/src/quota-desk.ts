import { waitFor, type ApiAnswer } from '@jinku/cli';
import type { ClearingHouse } from '@jinku/contracts';
import type { DayWorld } from './day-world.ts';

const BECOMES_SO_WITHIN_MS = 90_000;

export interface HouseOnBoard {
  readonly clearingHouse: ClearingHouse;
  readonly mappedQuota: string;
  readonly bookAvailable: string;
  readonly reserved: string;
  readonly free: string;
  readonly pendingIncreases: string;
  readonly pendingDecreases: string;
  readonly isCovered: boolean;
}

export interface Board {
  readonly buffer: { readonly unallocatedBuffer: string; readonly reserveDifference: string; readonly alerts: readonly string[]; readonly centralReserve: { readonly balance: string } };
  readonly houses: readonly HouseOnBoard[];
  readonly alerts: readonly string[];
}

export interface Act {
  readonly kind: string;
  readonly fromHouse: ClearingHouse | null;
  readonly toHouse: ClearingHouse;
  readonly amount: string;
  readonly reason: string;
  readonly subjectId: string | null;
}

export interface Shift {
  readonly id: string;
  readonly fromHouse: ClearingHouse;
  readonly toHouse: ClearingHouse;
  readonly amount: string;
  readonly state: string;
  readonly attempts: number;
  readonly requestedBy: string;
  readonly decreaseId: string;
  readonly increaseId: string | null;
}

/** The position board as an operator sees it. */
export async function boardOf(world: DayWorld): Promise<Board> {
  return await world.as<Board>('operator', { path: '/v1/positions' });
}

export function houseOf({ houses }: Board, house: ClearingHouse): HouseOnBoard {
  const found = houses.find(({ clearingHouse }) => clearingHouse === house);
  if (found === undefined) throw new Error(`the board does not show ${house}`);
  return found;
}

/** An operator asks for a change of the mapping; answers with its id. */
export async function adjust(world: DayWorld, body: { clearingHouse: ClearingHouse; direction: 'INCREASE' | 'DECREASE'; amount: string }): Promise<string> {
  return (await world.as<{ id: string }>('operator', { method: 'POST', path: '/v1/quotas/adjustments', body: { ...body, reason: 'scenario' } })).id;
}

/** An operator proposes an increase below the minimum buffer; the answer is the approver's. */
export async function increasedByTwo(world: DayWorld, body: { clearingHouse: ClearingHouse; amount: string }): Promise<ApiAnswer> {
  return await byTwo(world, '/v1/quotas/adjustments/proposals', { ...body, reason: 'scenario' });
}

/** Proposed by the operator; the answer is that to the approver. */
export async function byTwo(world: DayWorld, path: string, body: object): Promise<ApiAnswer> {
  const { id } = await world.as<{ id: string }>('operator', { method: 'POST', path, body });
  return await world.ask('approver', { method: 'POST', path: `${path}/${id}/approve` });
}

/** Everything told of an adjustment, in its order. */
export async function eventsOf(world: DayWorld, id: string): Promise<readonly { readonly state: string; readonly source: string; readonly outcome: string | null }[]> {
  return (await world.as<{ events: { state: string; source: string; outcome: string | null }[] }>('operator', { path: `/v1/quotas/adjustments/${id}` })).events;
}

/** What rules did by themselves, the oldest first. */
export async function automaticActs(world: DayWorld): Promise<readonly Act[]> {
  return (await world.as<{ items: Act[] }>('operator', { path: '/v1/quotas/automatic-acts?limit=100' })).items.toReversed();
}

/** The oldest first. */
export async function shiftsOf(world: DayWorld): Promise<readonly Shift[]> {
  return (await world.as<{ items: Shift[] }>('operator', { path: '/v1/quotas/shifts?limit=100' })).items.toReversed();
}

/** The mapping by the house's own books. */
export async function mappedAtRail({ rail }: DayWorld, house: ClearingHouse): Promise<string> {
  return (await rail.call<{ mappedQuota: string }>({ path: `/admin/quota?house=${house}` })).mappedQuota;
}

/** Waits until it is so; throws when it is not so in good time. */
export async function until(what: string, isSo: () => Promise<boolean>): Promise<void> {
  await waitFor(what, BECOMES_SO_WITHIN_MS, async () => ((await isSo()) ? true : null));
}

/** Fen of an amount of yuan with two places, signed. */
export function minorOf(text: string | undefined): bigint {
  return BigInt((text ?? '').replace('.', ''));
}

export function textOf(minor: bigint): string {
  const digits = String(minor < 0n ? -minor : minor).padStart(3, '0');
  return `${minor < 0n ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
