import { describe, expect, test } from '@jest/globals';
import { AccountState, LinkState } from './account-state.ts';
import { checkRegistered, isUsable, type AccountDraft } from './account.ts';

const aDraft = (given: Partial<AccountDraft> = {}): AccountDraft => ({
  accountClass: 'OWN_FUND',
  subtype: null,
  owner: 'OWN',
  isFiled: false,
  validFrom: '2026-11-21',
  validUntil: null,
  closeBy: null,
  limitPerItem: null,
  limitPerDay: null,
  ...given,
});
const retained = (subtype: AccountDraft['subtype']): AccountDraft => 
  aDraft({ accountClass: 'CLIENT_FUND', owner: 'CLIENT', subtype, validUntil: '2027-12-31' });
const ending = (subtype: AccountDraft['subtype']): AccountDraft => ({ ...retained(subtype), closeBy: '2027-03-31' });
const codeOf = (work: () => void): string => {
  try {
    work();
    return 'ACCEPTED';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('opening an account', () => {
  const reserve = aDraft({ accountClass: 'CENTRAL_RESERVE', owner: 'CLIENT' });

  test.each([
    ['a second central reserve', reserve, [reserve], 'RESERVE_EXISTS'],
    ['a second filed account', aDraft({ isFiled: true }), [aDraft({ isFiled: true })], 'FILED_EXISTS'],
    ['a second account of one retained subtype', retained('PREPAID_CARD'), [retained('PREPAID_CARD')], 'SUBTYPE_EXISTS'],
    ['a client-fund account that is neither retained nor to be closed', retained(null), [], 'NEITHER_RETAINED_NOR_ENDING'],
    ['a retained account without an end of its validity', { ...retained('FUND_SALES'), validUntil: null }, [], 'NEITHER_RETAINED_NOR_ENDING'],
    ['a closure programme for own funds', aDraft({ closeBy: '2027-03-31' }), [], 'CLOSE_BY_MISPLACED'],
    ['a validity that ends before it begins', aDraft({ validUntil: '2026-11-20' }), [], 'VALIDITY_REVERSED'],
    ['a limit of one item above the limit of the day', aDraft({ limitPerItem: '10000.00', limitPerDay: '9000.00' }), [], 'LIMITS_REVERSED'],
    ['a subtype on own funds', aDraft({ subtype: 'FUND_SALES' }), [], 'SUBTYPE_MISPLACED'],
    ['a filed client-fund account', { ...retained('FUND_SALES'), isFiled: true }, [], 'FILED_MISPLACED'],
    ['a central reserve of own money', { ...reserve, owner: 'OWN' as const }, [], 'OWNER_MISMATCH'],
    ['an own-fund account of client money', aDraft({ owner: 'CLIENT' }), [], 'OWNER_MISMATCH'],
  ] as const)('%s is refused', (_, draft, others, code) => {
    expect(codeOf(() => checkRegistered(draft, others))).toBe(code);
  });

  test('one account of each retained subtype may be open', () => {
    expect(codeOf(() => checkRegistered(retained('CROSS_BORDER'), [retained('PREPAID_CARD'), retained('FUND_SALES'), reserve]))).toBe('ACCEPTED');
  });

  test('an account in the closure programme takes no place on the list of retained accounts', () => {
    expect(codeOf(() => checkRegistered(retained('PREPAID_CARD'), [ending('PREPAID_CARD'), ending(null)]))).toBe('ACCEPTED');
    expect(codeOf(() => checkRegistered(ending('PREPAID_CARD'), [retained('PREPAID_CARD')]))).toBe('ACCEPTED');
  });
});

test('an account is usable only while it is active and the ledger has confirmed all it was asked', () => {
  const usable = Object.values(AccountState).flatMap((state) => Object.values(LinkState).filter((linkState) => isUsable({ state, linkState })).map((linkState) => `${state} ${linkState}`));

  expect(usable).toEqual(['ACTIVE CONFIRMED']);
});
