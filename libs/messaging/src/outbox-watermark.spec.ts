import { expect, test } from '@jest/globals';
import { OutboxWatermark } from './outbox-watermark.ts';

test('it does not move while a transaction that may hold a lower number is open', () => {
  const watermark = new OutboxWatermark();

  watermark.saw({ sequence: 500n, transactionId: 100n });
  watermark.settled({ horizon: 90n, readThrough: 700n });

  expect(watermark.sequence).toBe(0n);
});

test('it moves to what was seen before, once a later read found every older transaction closed', () => {
  const watermark = new OutboxWatermark();

  watermark.saw({ sequence: 500n, transactionId: 100n });
  watermark.saw({ sequence: 700n, transactionId: 120n });
  watermark.settled({ horizon: 110n, readThrough: 900n });

  expect(watermark.sequence).toBe(500n);
  watermark.settled({ horizon: 121n, readThrough: null });
  expect(watermark.sequence).toBe(700n);
});

test('a read that was cut short says nothing about rows behind the cut', () => {
  const watermark = new OutboxWatermark();

  watermark.saw({ sequence: 500n, transactionId: 100n });
  watermark.settled({ horizon: 200n, readThrough: 450n });

  expect(watermark.sequence).toBe(0n);
});
