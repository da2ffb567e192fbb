import { expect, test } from '@jest/globals';
import { isDefinitelyNotExecuted, OutcomeClass } from '@jinku/connectors';
import { decideOnAnswer, decideOnWord } from './attempt-outcome.ts';

test('an answer concludes exactly when the outcome is definite', () => {
  for (const outcome of Object.values(OutcomeClass)) {
    const decision = decideOnAnswer({ outcome, detail: 'ANSWERED' });
    expect(decision.kind).toBe(outcome === 'SUCCEEDED' || isDefinitelyNotExecuted(outcome) ? 'CONCLUDE' : 'INQUIRE');
    if (decision.kind === 'CONCLUDE') expect(decision.conclusion).toBe(outcome === 'SUCCEEDED' ? 'SUCCEEDED' : 'FAILED');
  }
});

test('a request that never left is tried again under a new number', () => {
  for (const detail of ['NOT_CONNECTED', 'NOT_SIGNED'] as const) {
    expect(decideOnAnswer({ outcome: 'UNKNOWN', detail })).toMatchObject({ kind: 'CONCLUDE', event: 'requeue', concludedBy: 'NOT_SENT' });
  }
});

test('a refused or failed inquiry says nothing about the payout', () => {
  for (const outcome of Object.values(OutcomeClass)) {
    expect(decideOnWord(outcome, 'INQUIRY').kind).toBe(outcome === 'SUCCEEDED' || outcome === 'FAILED' ? 'CONCLUDE' : 'INQUIRE');
  }
});
