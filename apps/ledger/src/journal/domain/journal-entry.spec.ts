import fc from 'fast-check';
import { Side, type InternalAccount } from '../../internal-account/domain/internal-account.ts';
import { accountDeltas, assertPostable } from './account-deltas.ts';
import { assertBalanced, reversalOf, type EntryDraft } from './journal-entry.ts';

const ID = '01993c1e-0000-7000-8000-000000000001';

function anAccount(id: number, fields: Partial<InternalAccount> = {}): InternalAccount {
  return {
    id, code: `A${id}`, name: 'x', unit: 'CNY', normalSide: Side.DEBIT, parentId: null, isControl: false, state: 'OPEN',
    balanceMin: null, balanceMax: null, registeredAccountId: null, ...fields,
  };
}

function anEntry(amounts: readonly bigint[], fields: Partial<EntryDraft> = {}): EntryDraft {
  return {
    id: ID, unit: 'CNY', rule: 'manual.v1', reference: 'R1', valueDate: '2026-11-21',
    lines: amounts.map((amount, index) => ({ account: `A${index + 1}`, amount })), ...fields,
  };
}

const chart = new Map(Array.from({ length: 20 }, (_, index) => [`A${index + 1}`, anAccount(index + 1)]));
const balancedAmounts = fc
  .array(fc.bigInt({ min: -1_000_000n, max: 1_000_000n }).filter((amount) => amount !== 0n), { minLength: 1, maxLength: 10 })
  .map((amounts) => [...amounts, -amounts.reduce((sum, amount) => sum + amount, 0n)])
  .filter((amounts) => amounts.at(-1) !== 0n);

test('an entry of one line, of a zero line, or that does not sum to zero is refused', () => {
  for (const amounts of [[], [0n], [5n], [5n, -4n], [5n, 0n, -5n]]) {
    expect(() => assertBalanced(anEntry(amounts))).toThrow(expect.objectContaining({ code: 'ENTRY_NOT_BALANCED' }));
  }
});

test('an entry never mixes units', () => {
  const mixed = new Map(chart).set('A2', anAccount(2, { unit: 'CNY.QUOTA' }));
  expect(() => assertPostable(anEntry([5n, -5n]), mixed)).toThrow(expect.objectContaining({ code: 'ENTRY_MIXES_UNITS' }));
});

test('nothing posts to a parent account, nor to an unknown one', () => {
  const withParent = new Map(chart).set('A2', anAccount(2, { isControl: true }));
  expect(() => assertPostable(anEntry([5n, -5n]), withParent)).toThrow(expect.objectContaining({ code: 'POSTING_TO_PARENT' }));
  expect(() => assertPostable(anEntry([5n, -5n]), new Map())).toThrow(expect.objectContaining({ code: 'UNKNOWN_INTERNAL_ACCOUNT' }));
});

test('a reversal is not reversed', () => {
  const reversal = reversalOf(anEntry([5n, -5n]), { id: ID, valueDate: '2026-11-21', description: 'x' });
  expect(() => reversalOf(reversal, { id: ID, valueDate: '2026-11-21', description: 'x' })).toThrow(expect.objectContaining({ code: 'REVERSAL_OF_REVERSAL' }));
});

test('a reversal restores every balance, and turnover counts both', () => {
  fc.assert(
    fc.property(balancedAmounts, (amounts) => {
      const entry = anEntry(amounts);
      const deltas = accountDeltas([entry, reversalOf(entry, { id: ID, valueDate: '2026-11-21', description: 'x' })], chart);
      expect(deltas.debits).toEqual(deltas.credits);
    }),
  );
});

test('over any entries the deltas debit as much as they credit, one for each account in the order of ids', () => {
  fc.assert(
    fc.property(fc.array(balancedAmounts, { minLength: 1, maxLength: 10 }), (entries) => {
      const { accounts, debits, credits } = accountDeltas(entries.map((amounts) => anEntry(amounts)), chart);
      expect(debits.reduce((a, b) => a + b)).toBe(credits.reduce((a, b) => a + b));
      expect(accounts).toEqual([...new Set(accounts)].sort((a, b) => a - b));
    }),
  );
});
