import type { Day } from '../day.ts';
import { waitFor } from '../wait-for.ts';

const COLLECTED_WITHIN_MS = 60_000;

interface Statement {
  readonly accountId: string;
  readonly format: string;
  readonly state: string;
  readonly opening: string | null;
  readonly closing: string | null;
  readonly entryCount: number | null;
  readonly fileName: string;
  readonly faults: readonly { readonly field: string; readonly rule: string }[];
}

interface Bill {
  readonly clearingHouse: string;
  readonly lineCount: number;
  readonly payoutTotal: string;
}

/** The statements of the day and the clearing houses' payout bills are asked for, read and judged; none is taken that does not add up. */
export async function collectStatements(day: Day): Promise<void> {
  const { files, gateway, people, story, accounts } = day;
  const { token } = people.operator;
  await gateway.call({ method: 'POST', path: '/v1/audit/collections', token });
  for (const { key, name } of files.accounts) {
    const statement = await waitFor(`the statement of ${name}`, COLLECTED_WITHIN_MS, async () => {
      const { items } = await gateway.call<{ items: Statement[] }>({ path: `/v1/audit/statements?businessDate=${files.day.date}&accountId=${accounts.get(key)?.id}`, token });
      return items[0] ?? null;
    });
    const { state, format, entryCount, opening, closing, faults } = statement;
    if (state !== 'ACCEPTED') throw new Error(`the statement of ${name} is ${state}: ${JSON.stringify(faults)}`);
    story.tell(`Statement of ${name} (${format}): ${entryCount} entries from ${opening} on; it adds up, closing with`, { amount: closing ?? '0.00', who: 'audit' });
  }
  for (const clearingHouse of ['UNIONPAY', 'NETSUNION']) {
    const bill = await waitFor(`the payout bill of ${clearingHouse}`, COLLECTED_WITHIN_MS, async () => {
      const { items } = await gateway.call<{ items: Bill[] }>({ path: `/v1/audit/payout-bills?clearingHouse=${clearingHouse}&clearingDate=${files.day.date}&state=ACCEPTED`, token });
      return items[0] ?? null;
    });
    story.tell(`Payout bill of ${clearingHouse}: ${bill.lineCount} lines`, { amount: bill.payoutTotal, who: 'audit' });
  }
}
