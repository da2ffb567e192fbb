import { randomUUID } from 'node:crypto';

import { BillFault } from '../faults/bill-fault.ts';
import { faultPlanSchema } from '../faults/fault-plan.ts';
import type { Place } from '../house/house.ts';
import { aTestHouse, type TestHouse } from '../simulator.builder.ts';
import { misprintsOf } from './bill-misprints.ts';
import { billPage, type BillLine } from './payout-bill.ts';
import type { Session } from './session-books.ts';

const PLACE: Place = { clearingHouse: 'UNIONPAY', institution: 'JINKU001' };
const DAY = '2026-11-21';
const PAID = 210;
const FAILED = 5;

let house: TestHouse;

beforeAll(async () => {
  house = await aTestHouse();
  for (let at = 0; at < PAID + FAILED; at += 1) await conclude({ at, status: at < PAID ? 'SUCCEEDED' : 'FAILED' });
  await house.owner.query(
    `INSERT INTO rails.payout_return (return_id, serial_number, clearing_house, amount_minor, clearing_date, returned_at)
     SELECT gen_random_uuid(), serial_number, clearing_house, 50, clearing_date, concluded_at FROM rails.payout_instruction WHERE status = 'SUCCEEDED' LIMIT 2`,
  );
});

afterAll(async () => {
  await house.drop();
});

/** Each payee is paid its own amount, 1.00 and up. */
async function conclude({ at, status }: { at: number; status: 'SUCCEEDED' | 'FAILED' }): Promise<void> {
  await house.owner.query(
    `INSERT INTO rails.payout_instruction (serial_number, institution_id, amount_minor, payee_account, payee_name, bank_code, purpose, business_line, merchant_id,
       status, code, rail_reference, clearing_date, concluded_at, clearing_house)
     VALUES ($1, 'JINKU001', $2, $3, '张伟', '102100099996', '结算', 'SETTLEMENT', 'M0001', $4, $5, $6, $7, '2026-11-21T04:00:00Z', 'UNIONPAY')`,
    [randomUUID(), 100 + at, `62220202${String(at).padStart(8, '0')}`, status, status === 'FAILED' ? '0101' : '0000', `U${at}`, DAY],
  );
}

/** The whole bill, page after page, and its head. */
async function billUnder(plan: unknown): Promise<{ head: { lineCount: number; payoutsMinor: bigint; returnsMinor: bigint }; lines: BillLine[] }> {
  const payoutsMinor = BigInt((PAID * (200 + PAID - 1)) / 2);
  const session = { clearingDate: DAY, payoutCount: PAID, payoutsMinor, returnsMinor: 100n } as Session;
  const misprints = await misprintsOf(house.database, PLACE, { clearingDate: DAY, plan: faultPlanSchema.parse(plan) });
  const first = await billPage(house.database, PLACE, { session, after: null, misprints });
  const lines = [...first.lines];
  for (let after = first.next; after !== null; ) {
    const page = await billPage(house.database, PLACE, { session, after, misprints });
    lines.push(...page.lines);
    after = page.next;
  }
  return { head: first, lines };
}

/** What differs from the true bill: lines that only one of both has. */
async function differences(plan: unknown): Promise<string[]> {
  const [trueLines, lines] = [(await billUnder({})).lines.map(textOf), (await billUnder(plan)).lines.map(textOf)];
  const left = [...lines];
  const missing = trueLines.filter((line) => {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  return [...missing.map((line) => `- ${line}`), ...left.map((line) => `+ ${line}`)];
}

function textOf({ railReference, amountMinor, status }: BillLine): string {
  return `${railReference} ${amountMinor} ${status}`;
}

test.each([
  ['LINE_MISSING', ['- U7 107 SUCCEEDED']],
  ['LINE_DOUBLED', ['+ U7 107 SUCCEEDED']],
  ['LINE_CHANGED', ['- U7 107 SUCCEEDED', '+ U7 207 SUCCEEDED']],
] as const)('%s errs over the payout that it names and over nothing else', async (fault, expected) => {
  expect(await differences({ bills: [{ amount: '1.07', fault }] })).toEqual(expected);
  expect(await differences({ bills: [{ payeeAccount: '6222020200000007', fault }] })).toEqual(expected);
});

test('STATUS_CHANGED lists a payout that failed, and never one that did not', async () => {
  const [line, ...others] = await differences({ bills: [{ fault: 'STATUS_CHANGED' }] });

  expect(line).toMatch(/^\+ U21[0-4] 31\d SUCCEEDED$/);
  expect(others).toEqual([]);
  expect(await differences({ bills: [{ amount: '1.07', fault: 'STATUS_CHANGED' }] })).toEqual([]);
});

test('a bill that errs adds up by itself, whatever its faults', async () => {
  const bills = Object.values(BillFault).flatMap((fault) => [{ fault }, { fault, clearingDate: DAY }]);
  const { head, lines } = await billUnder({ bills });
  const sumOf = (status: string): bigint => lines.filter((line) => line.status === status).reduce((sum, { amountMinor }) => sum + amountMinor, 0n);

  expect({ lineCount: lines.length, payoutsMinor: sumOf('SUCCEEDED'), returnsMinor: sumOf('RETURNED') }).toEqual({
    lineCount: head.lineCount,
    payoutsMinor: head.payoutsMinor,
    returnsMinor: head.returnsMinor,
  });
  // Eight entries, no two of them over one line: a changed one differs on both sides.
  expect(await differences({ bills })).toHaveLength(10);
});

test('the seed draws the line: the same one each time, and another one for another seed', async () => {
  const drawnBy = (seed: string): Promise<string[]> => differences({ seed, bills: [{ fault: 'LINE_MISSING' }] });
  const drawn = await Promise.all(['a', 'b', 'c', 'd'].map(drawnBy));

  expect(await drawnBy('a')).toEqual(drawn[0]);
  expect(new Set(drawn.flat()).size).toBeGreaterThan(1);
});

test('an entry that fits no payout, or another date, errs over nothing', async () => {
  expect(await differences({ bills: [{ amount: '9999.00', fault: 'LINE_MISSING' }, { clearingDate: '2026-11-20', fault: 'LINE_DOUBLED' }] })).toEqual([]);
});

test('a plan that errs over too many lines, or in a way that is not known, is refused', () => {
  expect(faultPlanSchema.safeParse({ bills: Array(21).fill({ fault: 'LINE_MISSING' }) }).success).toBe(false);
  expect(faultPlanSchema.safeParse({ bills: [{ fault: 'LOST' }] }).success).toBe(false);
});
