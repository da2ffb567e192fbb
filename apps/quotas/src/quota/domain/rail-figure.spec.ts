import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { figureDifference } from './rail-figure.ts';

test('a figure that nothing explains differs by what is too much or too little', () => {
  const reading = { usable: 1_000n, consumed: 200n };
  const book = { usable: 1_000n, consumed: 250n, reserved: 100n };

  expect(figureDifference({ ...reading, railAvailable: 800n }, book)).toBe(0n);
  expect(figureDifference({ ...reading, railAvailable: 650n }, book)).toBe(0n);
  expect(figureDifference({ ...reading, railAvailable: 801n }, book)).toBe(1n);
  expect(figureDifference({ ...reading, railAvailable: 649n }, book)).toBe(-1n);
});

test('receipts that the house had before we heard of them explain as much more', () => {
  const reading = { usable: 1_000n, consumed: 0n, railAvailable: 1_300n };

  expect(figureDifference(reading, { usable: 1_000n, consumed: 0n, reserved: 0n })).toBe(300n);
  expect(figureDifference(reading, { usable: 1_300n, consumed: 0n, reserved: 0n })).toBe(0n);
});

test('whatever payouts were under way when a house that keeps its books was read, under either policy its figure is explained', () => {
  const amount = fc.bigInt({ min: 0n, max: 1_000n });
  fc.assert(
    fc.property(fc.record({ heard: amount, executedUnheard: amount, submitted: amount, failsLater: amount, unheardReceipts: amount, submittedLater: amount }), fc.boolean(), (given, consumesOnSubmit) => {
      const { heard, executedUnheard, submitted, failsLater, unheardReceipts, submittedLater } = given;
      const usable = 10_000n;
      // A payout that is to fail is no quota's loss where success consumes; where submission does, it is given back after the reading.
      const takenOff = heard + executedUnheard + (consumesOnSubmit ? submitted : 0n);
      const railAvailable = usable + unheardReceipts - takenOff;
      const later = { usable: usable + unheardReceipts, consumed: heard + executedUnheard, reserved: submitted + failsLater + submittedLater };

      expect(figureDifference({ railAvailable, usable, consumed: heard }, later)).toBe(0n);
    }),
    { numRuns: 500 },
  );
});
