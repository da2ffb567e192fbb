import { legSettledV1, type LegSettledV1 } from '@jinku/contracts';
import type { EntryDraft } from '../../journal/domain/journal-entry.ts';
import { linesOf, ruleContext as context, sidesOf } from '../posting-rule.builder.ts';
import { entriesOfLeg } from './transfer-entries.ts';

const [CLIENT, OWN] = ['1002.0000000000c2', '1003.0000000000c3'];
const leg = (fields: Partial<LegSettledV1>, account = CLIENT): EntryDraft[] => entriesOfLeg({ ...legSettledV1.example, ...fields }, { account, ...context });
const paid = { effect: 'PAID_BY_HOUSE', clearingHouse: 'NETSUNION' } as const;

test('leg-sent: the money is in transit, that of clients apart from our own', () => {
  expect(sidesOf(leg({}), 'leg-sent.v1')).toEqual({ debit: '1101.CLIENT', credit: CLIENT, amount: 25_000_000n, reference: legSettledV1.example.orderId });
  expect(sidesOf(leg({ purpose: 'FUND_DOWN' }, OWN), 'leg-sent.v1')).toMatchObject({ debit: '1101.OWN', credit: OWN });
});

test('leg-arrived: the money is on the payee\'s account', () => {
  expect(sidesOf(leg({ effect: 'ARRIVED' }, '1001.0000000000c1'), 'leg-arrived.v1')).toMatchObject({ debit: '1001.0000000000c1', credit: '1101.CLIENT', amount: 25_000_000n });
});

test('leg-came-back: the money is on the payer\'s account again', () => {
  expect(sidesOf(leg({ effect: 'CAME_BACK' }), 'leg-came-back.v1')).toMatchObject({ debit: CLIENT, credit: '1101.CLIENT', amount: 25_000_000n });
});

test('leg-paid-by-house: we owe the house what it paid to the client-fund account, gross', () => {
  expect(sidesOf(leg({ ...paid, purpose: 'FUND_DOWN' }), 'leg-paid-by-house.v1')).toMatchObject({ debit: CLIENT, credit: '1201.PAYOUT.PAYABLE', amount: 25_000_000n });
});

test('fee-income-arrived: clients are owed less and own funds have earned it, each in lines of its own', () => {
  expect(linesOf(leg({ effect: 'ARRIVED', purpose: 'FEE_INCOME_TRANSFER' }, OWN), 'fee-income-arrived.v1')).toEqual(['2001 25000000', '1101.CLIENT -25000000', `${OWN} 25000000`, '4001 -25000000']);
});

test('fee-income-paid-by-house: the same, out of what the house paid', () => {
  const entries = leg({ ...paid, purpose: 'FEE_INCOME_TRANSFER' }, OWN);

  expect(linesOf(entries, 'fee-income-paid-by-house.v1')).toEqual(['2001 25000000', '1201.PAYOUT.PAYABLE -25000000', `${OWN} 25000000`, '4001 -25000000']);
});

test('transfer-quota-consumed: what the house paid is used up of its quota', () => {
  expect(sidesOf(leg({ ...paid, purpose: 'FUND_DOWN' }), 'transfer-quota-consumed.v1')).toMatchObject({ debit: '9001.CONSUMED', credit: '9001.AVAILABLE', amount: 25_000_000n });
  expect(leg({}).map((entry) => entry.unit)).toEqual(['CNY']);
});

test('an order that was sent and arrived, or came back, leaves nothing in transit', () => {
  for (const effect of ['ARRIVED', 'CAME_BACK'] as const) {
    const lines = [...leg({}), ...leg({ effect })].flatMap((entry) => entry.lines);
    expect(lines.filter((line) => line.account === '1101.CLIENT').reduce((sum, line) => sum + line.amount, 0n)).toBe(0n);
  }
});

test.each<[string, Partial<LegSettledV1>, string]>([
  ['client money paid to an own-fund account under another purpose', { ...paid, purpose: 'FUND_DOWN' }, OWN],
  ['fee income paid to a client-fund account', { ...paid, purpose: 'FEE_INCOME_TRANSFER' }, CLIENT],
  ['fee income that arrived on a client-fund account', { effect: 'ARRIVED', purpose: 'FEE_INCOME_TRANSFER' }, CLIENT],
  ['fee income that left an own-fund account', { effect: 'SENT', purpose: 'FEE_INCOME_TRANSFER' }, OWN],
  ['fee income that came back to an own-fund account', { effect: 'CAME_BACK', purpose: 'FEE_INCOME_TRANSFER' }, OWN],
])('%s is refused', (_, fields, account) => {
  expect(() => leg(fields, account)).toThrow(expect.objectContaining({ code: 'PURPOSE_DOES_NOT_FIT_FUNDS' }));
});
