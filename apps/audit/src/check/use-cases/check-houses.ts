import { Injectable } from '@nestjs/common';
import type { ClearingHouse } from '@jinku/contracts';
import { formatAmount } from '@jinku/money';
import { Database } from '@jinku/persistence';
import { BillRepository, type AcceptedBill } from '../../bill/persistence/bill.repository.ts';
import { compared, notRun, type CheckResult, type Figures, type FoundBreak } from '../domain/check-result.ts';
import { checkSession } from '../domain/check-session.ts';
import { matchLines } from '../domain/match-lines.ts';
import { CheckRepository } from '../persistence/check.repository.ts';
import { ReadHouseSides, type OurTotals } from '../queries/read-house-sides.ts';

/** Breaks that one run names; all are counted. */
const BREAKS_NAMED_MAX = 1_000;

interface Place {
  readonly clearingHouse: ClearingHouse;
  readonly clearingDate: string;
}

/** Checks A7 and A8 of one clearing house and date. */
@Injectable()
export class CheckHouses {
  constructor(
    private readonly database: Database,
    private readonly sides: ReadHouseSides,
    private readonly bills: BillRepository,
    private readonly checks: CheckRepository,
  ) {}

  async session(place: Place): Promise<CheckResult> {
    const [ours, house] = [await this.sides.ourTotals(place), await this.sides.houseResult(place)];
    return checkSession(place, { ours, house, hasCollections: await this.sides.hasCollections(place) });
  }

  /** Null when nothing came in since the last run, whose verdict stands: a million lines are not walked twice for that. */
  async payouts(place: Place): Promise<CheckResult | null> {
    const { clearingHouse: subject, clearingDate: businessDate } = place;
    const bill = await this.bills.findAccepted(this.database, place);
    if (bill === null) return notRun({ check: 'A8', subject }, 'NO_PAYOUT_BILL');
    const ours = await this.sides.ourTotals(place);
    const inputs = inputsOf(bill, ours);
    const last = await this.checks.findLast(this.database, { check: 'A8', subject, businessDate });
    if (last !== null && last.verdict !== 'NOT_RUN' && Object.entries(inputs).every(([name, value]) => last.inputs[name] === value)) return null;
    const found = await this.differences(place, bill);
    const breaks = await this.namedByDay(place, found.breaks);
    return compared(
      { check: 'A8', subject },
      {
        left: { payouts: formatAmount(ours.payouts), returns: formatAmount(ours.returns) },
        right: { payouts: formatAmount(bill.payoutTotal), returns: formatAmount(bill.returnTotal), lines: String(bill.lineCount) },
        inputs,
        breaks,
        breakCount: found.count,
      },
    );
  }

  private async differences(place: Place, bill: AcceptedBill): Promise<{ breaks: FoundBreak[]; count: number }> {
    const breaks: FoundBreak[] = [];
    let count = 0;
    let last = { reference: '', occurrence: 0 };
    const take = (found: Omit<FoundBreak, 'key'>, list: string): void => {
      count += 1;
      last = { reference: found.reference, occurrence: found.reference === last.reference ? last.occurrence + 1 : 1 };
      const key = `${place.clearingHouse}:${place.clearingDate}:${list}:${found.reference}:${last.occurrence}`;
      if (breaks.length < BREAKS_NAMED_MAX) breaks.push({ key, ...found });
    };
    for await (const found of matchLines(this.sides.ourPayouts(place), this.sides.billLines(bill.id, 'SUCCEEDED'))) take(found, 'payout');
    for await (const found of matchLines(this.sides.ourReturns(place), this.sides.billLines(bill.id, 'RETURNED'))) {
      take(found.kind === 'THEIRS_ONLY' ? { ...found, kind: 'RETURNED_PAYOUT' } : found, 'return');
    }
    return { breaks, count };
  }

  /** What the other side has a day earlier or later differs in time only. */
  private async namedByDay(place: Place, breaks: readonly FoundBreak[]): Promise<FoundBreak[]> {
    const onOneSide = breaks.filter(({ kind }) => kind === 'OURS_ONLY' || kind === 'THEIRS_ONLY').map(({ reference }) => reference);
    if (onOneSide.length === 0) return [...breaks];
    const days = await this.sides.onNeighbouringDays(place, onOneSide);
    return breaks.map((found) => {
      const day = found.kind === 'OURS_ONLY' || found.kind === 'THEIRS_ONLY' ? days.get(found.reference) : undefined;
      return day === undefined ? found : { ...found, kind: 'TIMING', evidence: { ...found.evidence, otherSideOn: day } };
    });
  }
}

function inputsOf(bill: AcceptedBill, { attemptCount, payouts, fundDowns, returns, returnCount }: OurTotals): Figures {
  return {
    billLines: bill.linesSha256.toString('hex'),
    attempts: String(attemptCount),
    payouts: formatAmount(payouts),
    fundDowns: String(fundDowns),
    returns: `${returnCount} ${formatAmount(returns)}`,
  };
}
