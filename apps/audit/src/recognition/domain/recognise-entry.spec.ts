import { expect, test } from '@jest/globals';
import { EntryKind, ruleCondition, type RecognitionRule } from './recognition-rule.ts';
import { recogniser, type RecognisableEntry } from './recognise-entry.ts';

function rule(given: Partial<RecognitionRule> & Pick<RecognitionRule, 'condition'>): RecognitionRule {
  return { id: 'r', version: 1, position: 10, name: 'a rule', kind: EntryKind.CHARGE, isInForce: true, ...given };
}

const entry: RecognisableEntry = { amount: -1_500n, reference: null, counterpartyNumber: null, counterpartyName: null, purpose: null, code: null };

function kindOf(rules: readonly RecognitionRule[], given: Partial<RecognisableEntry>): EntryKind {
  return recogniser(rules, 'OWN_FUND')({ ...entry, ...given }).kind;
}

test('what no rule knows is unknown, by its direction', () => {
  expect(recogniser([], 'OWN_FUND')(entry)).toEqual({ kind: 'UNKNOWN_DEBIT', rule: null });
  expect(kindOf([], { amount: 1n })).toBe('UNKNOWN_CREDIT');
});

test('the lowest position decides, and says under which version', () => {
  const rules = [rule({ id: 'b', position: 20, kind: EntryKind.INTEREST, condition: { direction: 'DEBIT' } }), rule({ id: 'a', version: 3, condition: { direction: 'DEBIT' } })];

  expect(recogniser(rules, 'OWN_FUND')(entry)).toEqual({ kind: 'CHARGE', rule: { id: 'a', version: 3 } });
});

test('a rule that is out of force, or for other accounts, knows nothing', () => {
  expect(kindOf([rule({ isInForce: false, condition: { direction: 'DEBIT' } })], {})).toBe('UNKNOWN_DEBIT');
  expect(kindOf([rule({ condition: { accountClasses: ['CENTRAL_RESERVE'] } })], {})).toBe('UNKNOWN_DEBIT');
});

test('every part of a condition must hold', () => {
  const rules = [rule({ condition: { direction: 'DEBIT', amountMin: '10.00', amountMax: '20.00', codes: ['CHARGE'], counterpartyContains: '银行', purposeContains: ['手续费', '管理费'] } })];
  const known = { code: 'CHARGE', counterpartyName: '工商银行', purpose: '账户管理费' };

  expect(kindOf(rules, known)).toBe('CHARGE');
  expect(kindOf(rules, { ...known, amount: 1_500n })).toBe('UNKNOWN_CREDIT');
  expect(kindOf(rules, { ...known, amount: -999n })).toBe('UNKNOWN_DEBIT');
  expect(kindOf(rules, { ...known, amount: -2_001n })).toBe('UNKNOWN_DEBIT');
  expect(kindOf(rules, { ...known, code: null })).toBe('UNKNOWN_DEBIT');
  expect(kindOf(rules, { ...known, counterpartyName: null })).toBe('UNKNOWN_DEBIT');
  expect(kindOf(rules, { ...known, purpose: '利息' })).toBe('UNKNOWN_DEBIT');
});

test.each([
  ['????????########2#########', 'JINKU001202611202000000001', true],
  ['????????########2#########', 'JINKU001202611200000000001', false],
  ['????????########2#########', 'xJINKU001202611202000000001', false],
  ['NETSUNION:####-##-##', 'NETSUNION:2026-11-20', true],
  ['NETSUNION:####-##-##', 'NETSUNION:2026-11-2O', false],
  ['A*', 'Abc', true],
  ['a.c', 'abc', false],
  ['(a+)+$', 'aaaa', false],
  ['(a+)+$', '(a+)+$', true],
])('the pattern %s on %s: %s', (referencePattern, reference, holds) => {
  expect(kindOf([rule({ condition: { referencePattern } })], { reference }) === 'CHARGE').toBe(holds);
});

test('no pattern takes long on any text', () => {
  const started = performance.now();
  kindOf([rule({ condition: { referencePattern: '*a*a*b' } })], { reference: 'a'.repeat(500) });

  expect(performance.now() - started).toBeLessThan(5_000);
});

test('a condition without parts, with four stars or with an amount that is none is refused', () => {
  expect(ruleCondition.safeParse({}).success).toBe(false);
  expect(ruleCondition.safeParse({ referencePattern: '*a*b*c*' }).success).toBe(false);
  expect(ruleCondition.safeParse({ amountMin: '1' }).success).toBe(false);
  expect(ruleCondition.safeParse({ anything: true }).success).toBe(false);
});
