import { randomUUID } from 'node:crypto';
import type { Day } from '../day.ts';

/** The settlement service tells what fee income is accrued: no more than that may leave client money (R4). */
export async function reportFeeAccrual({ files, client, clock, story }: Day): Promise<void> {
  const { date, feeAccrued } = files.day;
  await client.reportFeeAccrual(randomUUID(), { businessDate: date, sequence: 1, accruedTotal: feeAccrued, asOf: clock.now().toISOString() });
  story.tell('Fee income accrued until now', { amount: feeAccrued, who: 'settlement' });
}
