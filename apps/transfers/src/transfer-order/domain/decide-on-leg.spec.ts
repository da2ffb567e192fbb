import { expect, test } from '@jest/globals';
import { OutcomeClass } from '@jinku/connectors';
import fc from 'fast-check';
import { contradicts, decideOnArrival, decideOnLeg, type LegDecision, type SentLeg } from './decide-on-leg.ts';
import { balanceOf, sumsToZero, type LegMovement } from './leg-movements.ts';
import { transferLegStates, TransferLegState } from './transfer-leg-state.ts';
import { OPEN_ORDER_STATES, TransferOrderState, transferOrderStates } from './transfer-order-state.ts';

const VALID_UNTIL = 1_795_250_460_000;
const aLeg = (given: Partial<SentLeg> = {}): SentLeg => ({ means: 'BANK_TRANSFER', state: 'INSTRUCTED', amountMinor: 50_000n, validUntil: new Date(VALID_UNTIL), notFoundAnswers: 0, ...given });
const decide = (outcome: OutcomeClass, given: Partial<SentLeg> = {}, amountMinor: bigint | null = null): LegDecision =>
  decideOnLeg(aLeg(given), { source: 'INQUIRY', outcome, amountMinor }, VALID_UNTIL + 1);

test('only definite answers move a leg on; every other one leaves it to be inquired about', () => {
  const events = (means: SentLeg['means']): Record<string, string> => Object.fromEntries(Object.values(OutcomeClass).map((outcome) => [outcome, decide(outcome, { means }).event]));
  const same = {
    ACCEPTED: 'accept',
    FAILED: 'fail',
    UNKNOWN: 'lose',
    REJECTED_WINDOW: 'fail',
    REJECTED_FUNDS: 'fail',
    REJECTED_RISK: 'fail',
    REJECTED_DUPLICATE: 'lose',
    REJECTED_FORMAT: 'fail',
    REJECTED_SIGNATURE: 'fail',
    NOT_FOUND: 'lose',
  };

  expect(events('BANK_TRANSFER')).toEqual({ ...same, SUCCEEDED: 'send', RETURNED: 'come-back' });
  expect(events('NETSUNION_PAYOUT')).toEqual({ ...same, SUCCEEDED: 'pay', RETURNED: 'pay' });
});

test('a word about another amount decides nothing, however definite', () => {
  expect(decide('SUCCEEDED', {}, 50_001n)).toMatchObject({ event: 'lose', effects: [] });
  expect(decide('FAILED', {}, 50_001n)).toMatchObject({ event: 'lose' });
});

test('not found counts only after the validity, three times in a row, and never against a rail that took it', () => {
  expect(decide('NOT_FOUND', { notFoundAnswers: 2, state: 'UNKNOWN' }).event).toBe('fail');
  expect(decide('NOT_FOUND', { notFoundAnswers: 1, state: 'UNKNOWN' }).event).toBe('lose');
  expect(decide('NOT_FOUND', { notFoundAnswers: 9, state: 'ACCEPTED' }).event).toBe('lose');
  expect(decide('NOT_FOUND', { notFoundAnswers: 9, state: 'IN_TRANSIT' }).event).toBe('lose');
  expect(decideOnLeg(aLeg({ notFoundAnswers: 2, state: 'UNKNOWN' }), { source: 'INQUIRY', outcome: 'NOT_FOUND', amountMinor: null }, VALID_UNTIL).event).toBe('lose');
});

test('money that arrives, or comes back, before the bank has told that it left has left all the same', () => {
  expect(decideOnArrival({ state: 'UNKNOWN' }).effects).toEqual(['SENT', 'ARRIVED']);
  expect(decideOnArrival({ state: 'IN_TRANSIT' }).effects).toEqual(['ARRIVED']);
  expect(decide('RETURNED', { state: 'ACCEPTED' }).effects).toEqual(['SENT', 'CAME_BACK']);
  expect(decide('RETURNED', { state: 'IN_TRANSIT' }).effects).toEqual(['CAME_BACK']);
});

test('a leg that left is never sent again but after a definite failure', () => {
  const leadingToPlanned = Object.values(TransferLegState).filter((state) => Object.values(transferLegStates.table[state]).includes('PLANNED'));

  expect(leadingToPlanned).toEqual(['NOT_MOVED']);
  expect(transferLegStates.statesTaking('instruct')).toEqual(['PLANNED']);
  expect(transferLegStates.statesTaking('fail')).toEqual(['INSTRUCTED', 'ACCEPTED', 'UNKNOWN']);
});

test('an order is taken back only before its money left, and each open state leads to an end', () => {
  expect(OPEN_ORDER_STATES).toEqual(['PROPOSED', 'RUNNING', 'STOPPED']);
  expect(transferOrderStates.statesTaking('cancel')).toEqual(['RUNNING', 'STOPPED']);
  expect(transferLegStates.statesTaking('cancel')).toEqual(['PLANNED', 'NOT_MOVED']);
  expect(Object.values(TransferOrderState).filter(transferOrderStates.isFinal)).toHaveLength(6);
});

test.each([
  ['NOT_MOVED', 'send', true],
  ['NOT_MOVED', 'fail', false],
  ['IN_TRANSIT', 'fail', true],
  ['IN_TRANSIT', 'send', false],
  ['SETTLED', 'fail', true],
  ['SETTLED', 'pay', false],
  ['SETTLED', 'come-back', true],
  ['CAME_BACK', 'arrive', true],
  ['CAME_BACK', 'come-back', false],
  ['UNKNOWN', 'fail', false],
] as const)('in %s the word %s contradicts what stands: %s', (state, event, is) => {
  expect(contradicts(state, { event })).toBe(is);
});

test('I5: along every history of a leg, in whatever order its words come, the order sums to zero and no effect is told twice', () => {
  const words = fc.array(fc.oneof(fc.constantFrom(...Object.values(OutcomeClass)), fc.constant('ARRIVAL' as const)), { maxLength: 12 });

  fc.assert(
    fc.property(fc.constantFrom('BANK_TRANSFER' as const, 'NETSUNION_PAYOUT' as const), words, (means, told) => {
      const movements: LegMovement[] = [];
      let leg = aLeg({ means });
      for (const word of told) {
        if (word === 'ARRIVAL' && means === 'NETSUNION_PAYOUT') continue;
        const decision = word === 'ARRIVAL' ? decideOnArrival(leg) : decideOnLeg(leg, { source: 'INQUIRY', outcome: word, amountMinor: null }, VALID_UNTIL + 1);
        leg = { ...leg, notFoundAnswers: decision.notFoundAnswers };
        if (!transferLegStates.canMove(leg.state, decision.event)) continue;
        movements.push(...decision.effects.map((effect) => ({ effect, amountMinor: leg.amountMinor })));
        leg = { ...leg, state: transferLegStates.next(leg.state, decision.event) };
      }
      const balance = balanceOf(movements);
      expect(sumsToZero(balance)).toBe(true);
      expect(balance.inTransitMinor).toBe(leg.state === 'IN_TRANSIT' ? leg.amountMinor : 0n);
      expect(balance.payeeMinor).toBe(leg.state === 'SETTLED' ? leg.amountMinor : 0n);
      expect(new Set(movements.map(({ effect }) => effect)).size).toBe(movements.length);
    }),
  );
});
