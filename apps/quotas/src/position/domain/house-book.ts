import { sum } from '@jinku/money';
import type { HousePolicy } from '../../policy/domain/house-policy.ts';
import type { ClearingSession } from '../../session/domain/clearing-session.ts';

type CountedSession = Pick<ClearingSession, 'state' | 'own' | 'houseSettledAt' | 'isReflected'>;

/** What the quota of one clearing house is made of; amounts in fen. */
export interface HouseFigures {
  readonly policy: HousePolicy;
  readonly mapped: bigint;
  /** Decreases asked for that `mapped` still holds. */
  readonly pendingDecreases: bigint;
  readonly sessions: readonly CountedSession[];
  /** Payouts that are not final. */
  readonly reserved: bigint;
}

/** Identity I2 at one house. */
export interface HouseBook {
  /** Receipts and returns that are quota by policy and not in `mapped` yet. */
  readonly receiptsCounted: bigint;
  /** Successes that are not in `mapped` yet. */
  readonly consumed: bigint;
  readonly bookAvailable: bigint;
  /** Negative when the house mapped less than payouts have reserved already. */
  readonly free: bigint;
  /** What the house's own figure should be, decreases that have not left counted as still there. */
  readonly railFigure: bigint;
}

/** Quota is counted over all sessions that the mapping does not hold yet: a day cut frees nothing. */
export function houseBook({ policy, mapped, pendingDecreases, sessions, reserved }: HouseFigures): HouseBook {
  const counted = sessions.filter(({ isReflected }) => !isReflected);
  const drawsQuota = policy.merchantSettlementDraws === 'QUOTA';
  const receiptsCounted = sum(counted.map((session) => countedReceipts(policy, session)));
  const consumed = drawsQuota ? sum(counted.map(({ own }) => own.payouts)) : 0n;
  const bookAvailable = mapped - pendingDecreases + receiptsCounted - consumed;
  const onQuota = drawsQuota ? reserved : 0n;
  const consumedAlready = policy.quotaConsumedOn === 'SUBMIT' ? onQuota : 0n;
  return { receiptsCounted, consumed, bookAvailable, free: bookAvailable - onQuota, railFigure: bookAvailable + pendingDecreases - consumedAlready };
}

/** Receipts count by policy; returned payouts are quota again from the settlement of the session in which they came back. */
export function countedReceipts(policy: Pick<HousePolicy, 'receiptsCount'>, session: CountedSession): bigint {
  if (session.isReflected) return 0n;
  const { receipts, returns } = session.own;
  if (session.houseSettledAt !== null) return receipts + returns;
  switch (policy.receiptsCount) {
    case 'REAL_TIME':
      return receipts;
    case 'SESSION_CLOSE':
      return session.state === 'OPEN' ? 0n : receipts;
    case 'SETTLED':
      return 0n;
  }
}
