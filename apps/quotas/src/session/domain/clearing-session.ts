import type { BusinessDate } from '@jinku/calendar';
import type { ClearingHouse } from '@jinku/contracts';
import { stateMachine } from '@jinku/errors';
import type { HousePolicy } from '../../policy/domain/house-policy.ts';

export const ClearingSessionState = {
  /** Its clearing date runs: payouts, returns and receipts come in. */
  OPEN: 'OPEN',
  /** The house's day cut has passed; outcomes and reports of it may still come late. */
  CLOSED: 'CLOSED',
  /** The house told its result; ours does not agree yet, and what is late may explain it. */
  RESULT_RECEIVED: 'RESULT_RECEIVED',
  /** The house's result and our own counts are the same to the fen. */
  CONFIRMED: 'CONFIRMED',
  /** They differ, and nothing that came since explains it: for persons. */
  DISPUTED: 'DISPUTED',
  /** The house settled the net, and the settlement target has moved by it. */
  SETTLED: 'SETTLED',
} as const;
export type ClearingSessionState = (typeof ClearingSessionState)[keyof typeof ClearingSessionState];

export type ClearingSessionEvent = 'close' | 'receive' | 'confirm' | 'dispute' | 'settle';

/** A house that settles a disputed session settles it nevertheless: the difference is then a break of the audit. */
export const sessionStates = stateMachine<ClearingSessionState, ClearingSessionEvent>('clearing session', {
  OPEN: { close: 'CLOSED' },
  CLOSED: { receive: 'RESULT_RECEIVED' },
  RESULT_RECEIVED: { confirm: 'CONFIRMED', dispute: 'DISPUTED' },
  CONFIRMED: { settle: 'SETTLED' },
  DISPUTED: { confirm: 'CONFIRMED', settle: 'SETTLED' },
  SETTLED: {},
});

/** What one clearing date came to, gross, in fen. */
export interface SessionFigures {
  readonly payouts: bigint;
  readonly returns: bigint;
  readonly receipts: bigint;
}

/** One house's session of one clearing date: what we counted, what the house says, and how far it is. */
export interface ClearingSession {
  readonly clearingHouse: ClearingHouse;
  readonly clearingDate: BusinessDate;
  readonly state: ClearingSessionState;
  readonly own: SessionFigures;
  readonly result: SessionFigures | null;
  /** When the house says it settled; the target may be seen to move later. */
  readonly houseSettledAt: Date | null;
  /** The mapping holds it: none of its figures counts any more. */
  readonly isReflected: boolean;
}

/** What the settlement target gains (I3). Payouts that the virtual account has borne at once are not in the net. */
export function netOf(policy: Pick<HousePolicy, 'merchantSettlementDraws'>, { payouts, returns, receipts }: SessionFigures): bigint {
  return receipts + returns - (policy.merchantSettlementDraws === 'QUOTA' ? payouts : 0n);
}

export function agrees(own: SessionFigures, result: SessionFigures): boolean {
  return own.payouts === result.payouts && own.returns === result.returns && own.receipts === result.receipts;
}

/**
 * Whether the mapping holds a session: under `AS_NOTIFIED` from the first figure of the house as of its settlement or later, else from its
 * settlement.
 */
export function isReflectedBy(policy: HousePolicy, session: Pick<ClearingSession, 'houseSettledAt'>, figureAsOf: Date | null): boolean {
  if (session.houseSettledAt === null) return false;
  if (policy.settlementEffectOnMapping !== 'AS_NOTIFIED') return true;
  return figureAsOf !== null && figureAsOf >= session.houseSettledAt;
}

/** The mapping right after a settlement, where the policy says it; under `AS_NOTIFIED` only the house can. */
export function mappedAfterSettlement(policy: HousePolicy, { mapped, net }: { mapped: bigint; net: bigint }): bigint {
  return policy.settlementEffectOnMapping === 'ROLL_NET_INTO_MAPPED' ? mapped + net : mapped;
}
