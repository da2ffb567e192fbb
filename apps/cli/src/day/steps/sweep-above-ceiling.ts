import type { Day } from '../day.ts';
import { newestOrder, settledBy } from '../transfers.ts';
import { waitFor } from '../wait-for.ts';

const PURPOSE = 'SWEEP_UP';
const ORDERED_WITHIN_MS = 30_000;
const ARRIVED_WITHIN_MS = 60_000;

/** The prepaid-card account holds more than its ceiling: the rule sweeps what is above the retained amount to the central reserve (F1). */
export async function sweepAboveCeiling(day: Day): Promise<void> {
  const ordered = await waitFor('the threshold rule orders a sweep', ORDERED_WITHIN_MS, () => newestOrder(day, PURPOSE));
  day.story.tell(`${ordered.payerName} is above its ceiling: the rule sweeps to ${ordered.payeeName}`, { amount: ordered.amount, who: 'transfers' });
  const arrived = await waitFor('the sweep has arrived', ARRIVED_WITHIN_MS, async () => {
    const order = await newestOrder(day, PURPOSE);
    return order?.state === 'COMPLETED' ? order : null;
  });
  day.story.tell(`The central bank has credited the sweep, told by ${await settledBy(day, arrived.id)}`, { amount: arrived.amount, who: 'transfers' });
}
