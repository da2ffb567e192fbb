import { describe, expect, test } from '@jest/globals';
import { checkOpening, type AccountDraft } from './account.ts';

const aDraft = (given: Partial<AccountDraft> = {}): AccountDraft => ({ accountClass: 'OWN_FUND', subtype: null, owner: 'OWN', isFiled: false, ...given });
const retained = (subtype: AccountDraft['subtype']): AccountDraft => aDraft({ accountClass: 'CLIENT_FUND', owner: 'CLIENT', subtype });
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
    ['a client-fund account without subtype', retained(null), [], 'SUBTYPE_MISPLACED'],
    ['a subtype on own funds', aDraft({ subtype: 'FUND_SALES' }), [], 'SUBTYPE_MISPLACED'],
    ['a filed client-fund account', { ...retained('FUND_SALES'), isFiled: true }, [], 'FILED_MISPLACED'],
    ['a central reserve of own money', { ...reserve, owner: 'OWN' as const }, [], 'OWNER_MISMATCH'],
    ['an own-fund account of client money', aDraft({ owner: 'CLIENT' }), [], 'OWNER_MISMATCH'],
  ] as const)('%s is refused', (_, draft, others, code) => {
    expect(codeOf(() => checkOpening(draft, others))).toBe(code);
  });

  test('one account of each retained subtype may be open', () => {
    expect(codeOf(() => checkOpening(retained('CROSS_BORDER'), [retained('PREPAID_CARD'), retained('FUND_SALES'), reserve]))).toBe('ACCEPTED');
  });
});
