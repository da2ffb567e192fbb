import { formatAmount } from '@jinku/money';
import { compared, notRun, type CheckResult, type FoundBreak } from './check-result.ts';

export interface SessionFigures {
  readonly payouts: bigint;
  readonly returns: bigint;
  readonly receipts: bigint;
}

export interface HouseResult extends SessionFigures {
  readonly state: string;
  readonly net: bigint;
}

/** Check A7: what we counted of a session, gross, to the house's result; and the result's own arithmetic. */
export function checkSession(
  { clearingHouse, clearingDate }: { clearingHouse: string; clearingDate: string },
  { ours, house, hasCollections }: { ours: SessionFigures; house: HouseResult | null; hasCollections: boolean },
): CheckResult {
  const place = { check: 'A7' as const, subject: clearingHouse };
  if (house === null || house.state === 'CLOSED') return notRun(place, 'NO_SESSION_RESULT');
  if (!hasCollections && house.receipts !== 0n) return notRun(place, 'NO_COLLECTIONS_FEED');
  const breaks: FoundBreak[] = [];
  const compare = (name: string, theirs: bigint, our: bigint): void => {
    if (theirs === our) return;
    const evidence = { clearingDate, ours: formatAmount(our), theirs: formatAmount(theirs) };
    breaks.push({ key: `${clearingHouse}:${clearingDate}:${name}`, kind: 'AMOUNT', reference: `${clearingDate} ${name}`, amount: theirs - our, evidence });
  };
  compare('PAYOUTS', house.payouts, ours.payouts);
  compare('RETURNS', house.returns, ours.returns);
  compare('RECEIPTS', house.receipts, ours.receipts);
  compare('NET', house.net, house.receipts + house.returns - house.payouts);
  const left = figuresOf(ours, ours.receipts + ours.returns - ours.payouts);
  const right = figuresOf(house, house.net);
  return compared(place, { left, right, inputs: { ...prefixed('ours', left), ...prefixed('house', right) }, breaks });
}

function figuresOf({ payouts, returns, receipts }: SessionFigures, net: bigint): Record<string, string> {
  return { payouts: formatAmount(payouts), returns: formatAmount(returns), receipts: formatAmount(receipts), net: formatAmount(net) };
}

function prefixed(prefix: string, figures: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [`${prefix}.${name}`, value]));
}
