import type { Day } from '../day.ts';
import { newestOrder } from '../transfers.ts';
import { waitFor } from '../wait-for.ts';

const PURPOSE = 'FEE_INCOME_TRANSFER';
const ORDERED_WITHIN_MS = 30_000;
const PAID_WITHIN_MS = 60_000;

/** The scheduled fund-down of fee income to the filed own-fund account waits for a second person, gets it, and goes out over NetsUnion (F3). */
export async function fundDownFeeIncome(day: Day): Promise<void> {
  const { gateway, people, story } = day;
  const ordered = await waitFor('the scheduled fund-down is ordered', ORDERED_WITHIN_MS, () => newestOrder(day, PURPOSE));
  story.tell(`Fund-down of fee income to ${ordered.payeeName}: ${ordered.state}, waits for a second person`, { amount: ordered.amount, who: 'transfers' });
  await gateway.call({ method: 'POST', path: `/v1/transfers/${ordered.id}/approve`, token: people.approver.token, body: { reason: 'Within what is accrued' } });
  story.tell('The fund-down is approved', { amount: ordered.amount, who: people.approver.displayName });
  await waitFor('the fund-down is paid', PAID_WITHIN_MS, async () => {
    const order = await newestOrder(day, PURPOSE);
    return order?.state === 'COMPLETED' ? order : null;
  });
  story.tell(`NetsUnion has paid the fund-down to ${ordered.payeeName}`, { amount: ordered.amount, who: 'transfers' });
}
