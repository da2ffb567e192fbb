import { expect, test } from '@jest/globals';
import { ClosingAnswer, ClosingCheck, firstAnswers, nextClosingStep, type ClosingAnswers } from './closing.ts';

const CHECKS = Object.values(ClosingCheck);
const ANSWERS = Object.values(ClosingAnswer);

/** Every combination of answers. */
function* combinations(checks: readonly ClosingCheck[]): Generator<Partial<ClosingAnswers>> {
  const [first, ...rest] = checks;
  if (first === undefined) return yield {};
  for (const others of combinations(rest)) for (const answer of ANSWERS) yield { ...others, [first]: answer };
}

test('an account is closed only when every check is clear, reopened by any refusal, and the ledger is asked last', () => {
  for (const answers of combinations(CHECKS) as Iterable<ClosingAnswers>) {
    const { LEDGER_BALANCE: ledger, ...others } = answers;
    const all = Object.values(answers);
    const areOthersClear = Object.values(others).every((answer) => answer === 'CLEAR');
    const step = nextClosingStep(answers);

    expect(step === 'REOPEN').toBe(all.includes('REFUSED'));
    expect(step === 'CLOSE').toBe(all.every((answer) => answer === 'CLEAR'));
    expect(step === 'ASK_LEDGER').toBe(areOthersClear && ledger === 'NOT_ASKED');
  }
});

test('what no service answers is never clear by itself', () => {
  expect(firstAnswers({ isUnregistered: true })).toEqual({
    OPEN_PAYOUTS: 'NOT_ASKED',
    OPEN_TRANSFERS: 'NOT_ASKED',
    BANK_BALANCE: 'NOT_ASKED',
    REGISTRATION: 'CLEAR',
    LEDGER_BALANCE: 'NOT_ASKED',
  });
  expect(firstAnswers({ isUnregistered: false }).REGISTRATION).toBe('ASKED');
});
