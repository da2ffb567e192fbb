import { describe, expect, test } from '@jest/globals';
import { AccountClass } from '@jinku/contracts';
import type { KnownAccount } from '../../account/domain/known-account.ts';
import { aKnownAccount } from '../transfer-order.builder.ts';
import { ALLOWED_TRANSFERS, Purpose, TransferMeans } from './allowed-transfers.ts';
import { checkFeeIncome, planTransfer, type TransferWish } from './plan-transfer.ts';
import { needsSecondPerson } from './second-person.ts';

const anAccountOf = (accountClass: AccountClass, id: string): KnownAccount => {
  const isOwn = accountClass === AccountClass.OWN_FUND;
  return aKnownAccount({ id, accountClass, owner: isOwn ? 'OWN' : 'CLIENT', isFiled: isOwn, subtype: accountClass === AccountClass.CLIENT_FUND ? 'PREPAID_CARD' : null });
};
const PAYER = '01993c1e-0000-7000-8000-0000000000a1';
const PAYEE = '01993c1e-0000-7000-8000-0000000000a2';

function answerTo(wish: TransferWish): string {
  try {
    return planTransfer(wish).means;
  } catch (error) {
    return (error as { code: string }).code;
  }
}

const classes = Object.values(AccountClass);
const pairs = classes.flatMap((payer) => classes.map((payee) => [payer, payee] as const));

describe.each(pairs)('R5: %s to %s', (payer, payee) => {
  const wishes = Object.values(Purpose).flatMap((purpose) => [null, ...Object.values(TransferMeans)].map((means) => ({ purpose, means })));

  test.each(wishes)('$purpose by $means is answered as the matrix says', ({ purpose, means }) => {
    const rows = ALLOWED_TRANSFERS.filter((row) => row.payer === payer && row.payee === payee && row.purposes.includes(purpose) && (means === null || row.means === means));
    const expected = rows.length === 0 ? 'TRANSFER_NOT_ALLOWED' : (rows.find(({ isBuilt }) => isBuilt)?.means ?? 'MEANS_NOT_BUILT');

    expect(answerTo({ payer: anAccountOf(payer, PAYER), payee: anAccountOf(payee, PAYEE), purpose, means })).toBe(expected);
  });
});

test('the matrix names each pair, means and purpose once, and nothing that leads to or from a virtual or channel account', () => {
  const rows = ALLOWED_TRANSFERS.flatMap(({ payer, payee, means, purposes }) => purposes.map((purpose) => `${payer} ${payee} ${means} ${purpose}`));

  expect(new Set(rows).size).toBe(rows.length);
  expect(rows.filter((row) => /VIRTUAL .*VIRTUAL|CHANNEL|^VIRTUAL/.test(row.replace('VIRTUAL_ACCOUNT', '')))).toEqual([]);
});

test('what is carried out now is the sweep by bank transfer and the fund-down by NetsUnion payout, no more', () => {
  const built = ALLOWED_TRANSFERS.filter(({ isBuilt }) => isBuilt).flatMap(({ payer, payee, means, purposes }) => purposes.map((purpose) => [payer, payee, means, purpose].join(' ')));

  expect(built).toEqual([
    'CLIENT_FUND CENTRAL_RESERVE BANK_TRANSFER SWEEP_UP',
    'CENTRAL_RESERVE CLIENT_FUND NETSUNION_PAYOUT FUND_DOWN',
    'CENTRAL_RESERVE OWN_FUND NETSUNION_PAYOUT FEE_INCOME_TRANSFER',
  ]);
});

test('R3: reserve money goes to the filed own-fund account or a retained account, and the category stands on the plan', () => {
  const payer = anAccountOf(AccountClass.CENTRAL_RESERVE, PAYER);
  const plan = (payee: KnownAccount, purpose: Purpose): string | null => {
    try {
      return planTransfer({ payer, payee, purpose, means: null }).payeeCategory;
    } catch (error) {
      return (error as { code: string }).code;
    }
  };

  expect(plan(anAccountOf(AccountClass.OWN_FUND, PAYEE), 'FEE_INCOME_TRANSFER')).toBe('FILED_OWN_FUND');
  expect(plan(aKnownAccount(), 'FUND_DOWN')).toBe('RETAINED_CLIENT_FUND');
  expect(plan(aKnownAccount({ subtype: null }), 'FUND_DOWN')).toBe('PAYEE_NOT_ALLOWED');
  expect(plan({ ...anAccountOf(AccountClass.OWN_FUND, PAYEE), isFiled: false }, 'FEE_INCOME_TRANSFER')).toBe('FEE_INCOME_NOT_TO_FILED');
});

test.each<[string, Partial<TransferWish>, string]>([
  ['an account to itself', { payee: aKnownAccount() }, 'payeeAccountId'],
  ['a pair that the matrix does not have', { payee: anAccountOf(AccountClass.VIRTUAL, PAYEE) }, 'payeeAccountId'],
  ['a purpose of another pair', { purpose: 'FUND_DOWN' }, 'purpose'],
  ['a means of another pair', { means: 'NETSUNION_PAYOUT' }, 'means'],
  ['a means that this version does not have', { means: 'VIRTUAL_ACCOUNT' }, 'means'],
])('%s is refused by the field that is wrong, in a rule below its content', (_, changes, field) => {
  const given: TransferWish = { payer: aKnownAccount(), payee: anAccountOf(AccountClass.CENTRAL_RESERVE, PAYEE), purpose: 'SWEEP_UP', means: null, ...changes };

  expect(() => planTransfer(given)).toThrow(expect.objectContaining({ violations: [expect.objectContaining({ field })] }));
  expect(() => planTransfer(given, 'content.')).toThrow(expect.objectContaining({ violations: [expect.objectContaining({ field: `content.${field}` })] }));
});

test('an account that is not usable neither pays nor is paid, and the field is named', () => {
  const [payer, payee] = [aKnownAccount(), anAccountOf(AccountClass.CENTRAL_RESERVE, PAYEE)];
  const wish = { purpose: 'SWEEP_UP', means: null } as const;

  expect(() => planTransfer({ ...wish, payer: { ...payer, isUsable: false }, payee })).toThrow(expect.objectContaining({ code: 'ACCOUNT_NOT_USABLE', violations: [expect.objectContaining({ field: 'payerAccountId' })] }));
  expect(() => planTransfer({ ...wish, payer, payee: { ...payee, isUsable: false } })).toThrow(expect.objectContaining({ violations: [expect.objectContaining({ field: 'payeeAccountId' })] }));
});

test('R4: fee income leaves up to what is accrued and not ordered yet', () => {
  expect(() => checkFeeIncome({ amountMinor: 70n, accruedMinor: 100n, orderedMinor: 30n })).not.toThrow();
  expect(() => checkFeeIncome({ amountMinor: 71n, accruedMinor: 100n, orderedMinor: 30n })).toThrow(expect.objectContaining({ code: 'FEE_INCOME_ABOVE_ACCRUED' }));
  expect(() => checkFeeIncome({ amountMinor: 1n, accruedMinor: 10n, orderedMinor: 30n })).toThrow(expect.objectContaining({ code: 'FEE_INCOME_ABOVE_ACCRUED' }));
});

test('client money to own money always needs a second person; a rule stands for its orders of other pairs, a person up to the limit', () => {
  const orders = { client: { payerOwner: 'CLIENT', payeeOwner: 'OWN' }, other: { payerOwner: 'CLIENT', payeeOwner: 'CLIENT' } } as const;
  const needs = (pair: keyof typeof orders, origin: 'PERSON' | 'RULE', amountMinor: bigint): boolean => needsSecondPerson({ ...orders[pair], origin, amountMinor }, 100n);

  expect([needs('client', 'PERSON', 1n), needs('client', 'RULE', 1n)]).toEqual([true, true]);
  expect([needs('other', 'PERSON', 100n), needs('other', 'PERSON', 101n), needs('other', 'RULE', 101n)]).toEqual([false, true, false]);
});
